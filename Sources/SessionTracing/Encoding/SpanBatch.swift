/// Encoded spans that go out in one request.
package struct SpanBatch: Sendable {
    /// The spans, without the envelope.
    package private(set) var bytes: [UInt8]
    package private(set) var spanCount = 0
    /// The place in the journal of the first span that has one; the others come after it.
    private(set) var firstPlace: UInt64?

    /// - Parameter memory: What the batch is written into, in place of what it holds.
    init(in memory: consuming [UInt8]) {
        bytes = memory
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds one encoded span at the end.
    mutating func append(_ span: borrowing OutputBytes, separator: [UInt8], place: UInt64?) {
        if spanCount > 0 { bytes.append(contentsOf: separator) }
        span.withBytes { bytes.append(contentsOf: $0) }
        spanCount += 1
        firstPlace = firstPlace ?? place
    }
}
