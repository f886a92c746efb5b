/// Encoded spans that go out in one request.
package struct SpanBatch: Sendable {
    /// The spans, without the envelope.
    package private(set) var bytes: [UInt8] = []
    package private(set) var spanCount = 0
    /// The place in the journal of the first span that has one; the others come after it.
    private(set) var firstPlace: UInt64?

    package init() {}

    /// Adds one encoded span at the end.
    mutating func append(_ span: [UInt8], separator: [UInt8], place: UInt64? = nil) {
        if spanCount > 0 { bytes.append(contentsOf: separator) }
        bytes.append(contentsOf: span)
        spanCount += 1
        firstPlace = firstPlace ?? place
    }
}
