/// A span in wire format, with its ids.
package struct EncodedSpan: Sendable, Equatable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let endUnixNanoseconds: UInt64
    /// The encoded span, without envelope and separator.
    package let bytes: [UInt8]

    package init(traceID: TraceID, spanID: SpanID, endUnixNanoseconds: UInt64, bytes: [UInt8]) {
        self.traceID = traceID
        self.spanID = spanID
        self.endUnixNanoseconds = endUnixNanoseconds
        self.bytes = bytes
    }

    package init(_ span: SpanRecord, bytes: [UInt8]) {
        self.init(
            traceID: span.traceID,
            spanID: span.spanID,
            endUnixNanoseconds: span.endUnixNanoseconds,
            bytes: bytes
        )
    }
}
