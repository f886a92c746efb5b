/// Encoded spans that go out in one request.
package struct SpanBatch: Sendable {
    /// The spans, without the envelope.
    package private(set) var bytes: [UInt8] = []
    package private(set) var spanCount = 0

    package init() {}

    /// Adds one encoded span at the end.
    mutating func append(_ span: [UInt8], separator: [UInt8]) {
        if spanCount > 0 { bytes.append(contentsOf: separator) }
        bytes.append(contentsOf: span)
        spanCount += 1
    }
}
