/// A span's bytes as they go over the wire, with the ids by which they are told apart.
package struct EncodedSpan: Sendable, Equatable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let endUnixNanoseconds: UInt64
    /// Without the envelope and the separator.
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
