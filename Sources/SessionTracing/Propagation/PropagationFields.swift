/// The header fields that carry a span's context to another service: W3C's three, and no other.
package struct PropagationFields: Sendable, Equatable {
    package let traceparent: String
    package let traceState: String?
    package let baggage: String

    /// Names and values, in lower case as HTTP/2 wants names.
    package var fields: [(name: String, value: String)] {
        var fields = [(name: "traceparent", value: traceparent)]
        if let traceState { fields.append((name: "tracestate", value: traceState)) }
        if !baggage.isEmpty { fields.append((name: "baggage", value: baggage)) }
        return fields
    }

    package init(_ span: TracedSpan) {
        let tracer = span.tracer
        traceparent =
            TraceContext(traceID: tracer.traceID, spanID: span.id, isSampled: tracer.isSampled).traceparent
        traceState = tracer.traceState
        var baggage = Baggage()
        baggage.set("session_id", to: tracer.session.id.description)
        if let project = tracer.session.project { baggage.set("project", to: project) }
        baggage.set("source", to: tracer.session.source)
        for item in tracer.baggage.items where baggage[item.key] == nil { baggage.set(item.key, to: item.value) }
        self.baggage = baggage.header
    }
}
