internal import WireText

/// A batch of encoded spans that is sent in one request.
package struct SpanBatch: Sendable {
    /// The encoded spans and separators, without the envelope.
    package private(set) var bytes: [UInt8]
    package private(set) var spanCount = 0
    /// The lowest sequence number of the batch's spans in the journal; nil if none is stored there.
    private(set) var firstSequenceNumber: UInt64?

    /// - Parameter memory: An array whose capacity is reused; its content is discarded.
    init(in memory: consuming [UInt8]) {
        bytes = memory
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends an encoded span.
    ///
    /// - Parameters:
    ///   - span: The encoded span.
    ///   - separator: The bytes between two spans.
    ///   - sequenceNumber: The span's sequence number in the journal, or nil.
    mutating func append(_ span: borrowing OutputBytes, separator: [UInt8], sequenceNumber: UInt64?) {
        if spanCount > 0 { bytes.append(contentsOf: separator) }
        span.withBytes { bytes.append(contentsOf: $0) }
        spanCount += 1
        firstSequenceNumber = firstSequenceNumber ?? sequenceNumber
    }
}
