internal import WireText

/// A batch of encoded spans that is sent in one request.
package struct SpanBatch: Sendable {
    /// The end of an encoded span in the batch's bytes, with the span's ids and its sequence number in the journal.
    private struct Mark: Sendable {
        let end: Int
        let key: SpanKey
        let sequenceNumber: UInt64?
    }

    /// The size of a piece, in bytes.
    ///
    /// A batch that grew as one array would be copied, and its memory mapped anew, at each growth.
    private static let pieceBytes = 256 * 1_024

    /// The encoded spans and separators in order, without the envelope; a span can end in another piece than it begins.
    package private(set) var pieces: [[UInt8]] = []
    /// The number of bytes in all pieces.
    package private(set) var byteCount = 0
    /// Pieces of delivered batches, whose memory is used again.
    private var sparePieces: [[UInt8]] = []
    private var marks: [Mark] = []
    /// True while it is not decided whether the invocation of the spans is kept.
    var isUndecided = false
    /// The lowest sequence number of the batch's spans in the journal; nil if none is stored there.
    private(set) var firstSequenceNumber: UInt64?

    init() {}

    package var spanCount: Int { marks.count }

    /// The spans that the journal stores.
    var journaledSpans: [JournaledSpan] {
        marks.compactMap { mark in mark.sequenceNumber.map { JournaledSpan(key: mark.key, sequenceNumber: $0) } }
    }

    /// The number of spans that no journal stores.
    var unjournaledCount: Int { marks.count { $0.sequenceNumber == nil } }

    /// The encoded spans and separators, without the envelope; a copy if there are several pieces.
    package var bytes: [UInt8] { pieces.count == 1 ? pieces[0] : pieces.reduce(into: []) { $0 += $1 } }

    /// Keeps the memory of a delivered batch for the spans of this one.
    ///
    /// - Parameters:
    ///   - delivered: The delivered batch.
    ///   - maximumBytes: The most memory to keep, in bytes.
    mutating func keepMemory(of delivered: SpanBatch, upTo maximumBytes: Int) {
        var keptBytes = sparePieces.reduce(0) { $0 + $1.capacity }
        func keep(_ pieces: [[UInt8]]) {
            for piece in pieces where keptBytes + piece.capacity <= maximumBytes {
                keptBytes += piece.capacity
                sparePieces.append(piece)
            }
        }
        keep(delivered.sparePieces)
        keep(delivered.pieces)
    }

    /// Appends an encoded span.
    ///
    /// - Parameters:
    ///   - span: The encoded span.
    ///   - key: The span's ids.
    ///   - separator: The bytes between two spans.
    ///   - sequenceNumber: The span's sequence number in the journal, or nil.
    mutating func append(
        _ span: borrowing OutputBytes,
        of key: SpanKey,
        separator: [UInt8],
        sequenceNumber: UInt64?
    ) {
        if spanCount > 0 { separator.withUnsafeBytes { append($0) } }
        span.withBytes { append($0) }
        marks.append(Mark(end: byteCount, key: key, sequenceNumber: sequenceNumber))
        firstSequenceNumber = firstSequenceNumber ?? sequenceNumber
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        var appended = 0
        while appended < bytes.count {
            if pieces.last.map({ $0.count >= Self.pieceBytes }) ?? true { addPiece() }
            let last = pieces.count - 1
            let count = min(bytes.count - appended, Self.pieceBytes - pieces[last].count)
            pieces[last].append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[appended..<(appended + count)]))
            appended += count
        }
        byteCount += bytes.count
    }

    private mutating func addPiece() {
        var piece = sparePieces.popLast() ?? []
        piece.removeAll(keepingCapacity: true)
        // The first piece grows as it needs: most traces are small.
        if !pieces.isEmpty { piece.reserveCapacity(Self.pieceBytes) }
        pieces.append(piece)
    }

    /// Splits the batch between two spans, as close to the middle of its bytes as possible.
    ///
    /// - Parameter separator: The bytes between two spans.
    /// - Returns: The two parts, in order; nil for fewer than two spans.
    func halves(separator: [UInt8]) -> (first: SpanBatch, second: SpanBatch)? {
        guard spanCount > 1 else { return nil }
        let middle = marks.dropLast().firstIndex { $0.end >= byteCount / 2 } ?? marks.count - 2
        return (part(0...middle, separator), part((middle + 1)...(marks.count - 1), separator))
    }

    private func part(_ range: ClosedRange<Int>, _ separator: [UInt8]) -> SpanBatch {
        let start = range.lowerBound == 0 ? 0 : marks[range.lowerBound - 1].end + separator.count
        var part = SpanBatch()
        part.pieces = bytes(start..<marks[range.upperBound].end)
        part.byteCount = marks[range.upperBound].end - start
        part.marks = marks[range].map { Mark(end: $0.end - start, key: $0.key, sequenceNumber: $0.sequenceNumber) }
        part.firstSequenceNumber = part.marks.lazy.compactMap(\.sequenceNumber).first
        return part
    }

    /// Returns the bytes of a range, in pieces.
    private func bytes(_ range: Range<Int>) -> [[UInt8]] {
        var start = 0
        return pieces.compactMap { piece in
            defer { start += piece.count }
            let common = range.clamped(to: start..<(start + piece.count))
            if common.isEmpty { return nil }
            return Array(piece[(common.lowerBound - start)..<(common.upperBound - start)])
        }
    }
}
