/// The data of a span at its start, in addition to its ``JournalScope``.
package struct SpanStart: Sendable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let parentSpanID: SpanID?
    package let isParentRemote: Bool
    package let name: String
    package let kind: SpanRecord.Kind
    /// The event type; nil to infer it from the name and the attributes.
    package let eventType: EventType?
    package let startUnixNanoseconds: UInt64
    /// The invocation's attributes without those of the scope, on the root span; other spans have none at their start.
    package let attributes: [AttributeList.Entry]

    package init(
        traceID: TraceID,
        spanID: SpanID,
        parentSpanID: SpanID?,
        isParentRemote: Bool,
        name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        startUnixNanoseconds: UInt64,
        attributes: [AttributeList.Entry] = []
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.isParentRemote = isParentRemote
        self.name = name
        self.kind = kind
        self.eventType = eventType
        self.startUnixNanoseconds = startUnixNanoseconds
        self.attributes = attributes
    }
}
