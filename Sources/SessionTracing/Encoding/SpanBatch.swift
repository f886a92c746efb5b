internal import WireText

/// A batch of encoded spans that is sent in one request.
package struct SpanBatch: Sendable {
    /// The end of an encoded span in ``bytes``, with the span's sequence number in the journal.
    private struct Mark: Sendable {
        let end: Int
        let sequenceNumber: UInt64?
    }

    /// The capacity below which a batch doubles, in bytes.
    private static let doubledBytes = 128 * 1_024

    /// The encoded spans and separators, without the envelope.
    package private(set) var bytes: [UInt8] = []
    private var marks: [Mark] = []
    /// True while it is not decided whether the invocation of the spans is kept.
    var isUndecided = false
    /// The lowest sequence number of the batch's spans in the journal; nil if none is stored there.
    private(set) var firstSequenceNumber: UInt64?

    init() {}

    package var spanCount: Int { marks.count }

    /// Removes all spans and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        firstSequenceNumber = nil
        isUndecided = false
    }

    /// Appends an encoded span.
    ///
    /// - Parameters:
    ///   - span: The encoded span.
    ///   - separator: The bytes between two spans.
    ///   - sequenceNumber: The span's sequence number in the journal, or nil.
    mutating func append(_ span: borrowing OutputBytes, separator: [UInt8], sequenceNumber: UInt64?) {
        reserve(separator.count + span.count)
        if spanCount > 0 { bytes.append(contentsOf: separator) }
        span.withBytes { bytes.append(contentsOf: $0) }
        marks.append(Mark(end: bytes.count, sequenceNumber: sequenceNumber))
        firstSequenceNumber = firstSequenceNumber ?? sequenceNumber
    }

    /// Lets a large batch grow by a quarter.
    ///
    /// An array doubles, so that up to half of the memory is empty, and the pieces of memory that it leaves behind are
    /// together never large enough for the next one.
    private mutating func reserve(_ byteCount: Int) {
        let needed = bytes.count + byteCount
        guard bytes.capacity >= Self.doubledBytes, needed > bytes.capacity else { return }
        bytes.reserveCapacity(max(needed, bytes.capacity + bytes.capacity / 4))
    }

    /// Splits the batch between two spans, as close to the middle of its bytes as possible.
    ///
    /// - Parameter separator: The bytes between two spans.
    /// - Returns: The two parts, in order; nil for fewer than two spans.
    func halves(separator: [UInt8]) -> (first: SpanBatch, second: SpanBatch)? {
        guard spanCount > 1 else { return nil }
        let middle = marks.dropLast().firstIndex { $0.end >= bytes.count / 2 } ?? marks.count - 2
        return (part(0...middle, separator), part((middle + 1)...(marks.count - 1), separator))
    }

    private func part(_ range: ClosedRange<Int>, _ separator: [UInt8]) -> SpanBatch {
        let start = range.lowerBound == 0 ? 0 : marks[range.lowerBound - 1].end + separator.count
        var part = SpanBatch()
        part.bytes = Array(bytes[start..<marks[range.upperBound].end])
        part.marks = marks[range].map { Mark(end: $0.end - start, sequenceNumber: $0.sequenceNumber) }
        part.firstSequenceNumber = part.marks.lazy.compactMap(\.sequenceNumber).first
        return part
    }
}
