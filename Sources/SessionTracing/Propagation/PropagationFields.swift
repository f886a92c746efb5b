/// The W3C header fields that propagate a trace to another service: `traceparent`, `tracestate` and `baggage`.
package struct PropagationFields: Sendable, Equatable {
    /// Nil outside a span or if the propagator is disabled.
    package let traceparent: String?
    package let traceState: String?
    /// Empty if the propagator is disabled.
    package let baggage: String

    /// The names, in lower case as HTTP/2 requires, and values.
    package var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if let traceparent { fields.append((name: "traceparent", value: traceparent)) }
        if let traceState { fields.append((name: "tracestate", value: traceState)) }
        if !baggage.isEmpty { fields.append((name: "baggage", value: baggage)) }
        return fields
    }

    /// Creates the fields for a call made within a span.
    package init(_ span: TracedSpan) {
        self.init(tracer: span.tracer, parent: span.traceContext)
    }

    /// Creates the fields for a call made within an invocation.
    ///
    /// - Parameters:
    ///   - tracer: The tracer, with the session and the baggage of the event.
    ///   - parent: The current span's context; nil outside a span.
    ///   - existing: The baggage already in the carrier. It is kept, except for members that denote the session.
    ///   - includesBaggage: False for a server that receives the trace context alone.
    init(
        tracer: InvocationTracer,
        parent: TraceContext?,
        existing: Baggage = Baggage(),
        includesBaggage: Bool = true
    ) {
        let propagators = tracer.policy.propagators
        let parent = propagators.contains(.traceContext) ? parent : nil
        traceparent = parent?.traceparent
        traceState = parent?.traceState
        guard includesBaggage, propagators.contains(.baggage) else {
            baggage = ""
            return
        }
        var baggage = Baggage()
        baggage.set("session_id", to: tracer.session.id.description)
        if let project = tracer.session.project { baggage.set("project", to: project) }
        baggage.set("source", to: tracer.session.source)
        for item in existing.items + tracer.baggage.items
        where !Baggage.isAssociation(item.key) && baggage[item.key] == nil {
            baggage.set(item)
        }
        self.baggage = baggage.header
    }
}

extension TracedSpan {
    /// The span's context, as the parent of spans in another service; nil if tracing is off and there is no caller.
    package var traceContext: TraceContext? { (tracer.owner ?? tracer).traceContext(ofSpan: id) }
}
