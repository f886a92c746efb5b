/// The ids and end time of an ended span.
package struct SpanEnd: Sendable, Equatable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let unixNanoseconds: UInt64

    package init(traceID: TraceID, spanID: SpanID, unixNanoseconds: UInt64) {
        self.traceID = traceID
        self.spanID = spanID
        self.unixNanoseconds = unixNanoseconds
    }

    package init(_ span: SpanRecord) {
        self.init(traceID: span.traceID, spanID: span.spanID, unixNanoseconds: span.endUnixNanoseconds)
    }

    package init(_ span: EncodedSpan) {
        self.init(traceID: span.traceID, spanID: span.spanID, unixNanoseconds: span.endUnixNanoseconds)
    }
}
