/// The header fields that carry a trace to another service: W3C's three, and no other.
package struct PropagationFields: Sendable, Equatable {
    /// Nil outside any span, and without the propagator.
    package let traceparent: String?
    package let traceState: String?
    /// Empty without the propagator.
    package let baggage: String

    /// Names and values, in lower case as HTTP/2 wants names.
    package var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if let traceparent { fields.append((name: "traceparent", value: traceparent)) }
        if let traceState { fields.append((name: "tracestate", value: traceState)) }
        if !baggage.isEmpty { fields.append((name: "baggage", value: baggage)) }
        return fields
    }

    /// What a span hands on.
    package init(_ span: TracedSpan) {
        self.init(tracer: span.tracer, parent: span.traceContext)
    }

    /// What an invocation hands on.
    ///
    /// - Parameters:
    ///   - tracer: Tells the session, and the baggage that came with the event.
    ///   - parent: The place in the trace: nil outside any span.
    ///   - existing: What the carrier holds already. It stays, but for what names the session.
    init(tracer: InvocationTracer, parent: TraceContext?, existing: Baggage = Baggage()) {
        let propagators = tracer.policy.propagators
        let parent = propagators.contains(.traceContext) ? parent : nil
        traceparent = parent?.traceparent
        traceState = parent?.traceState
        guard propagators.contains(.baggage) else {
            baggage = ""
            return
        }
        var baggage = Baggage()
        baggage.set("session_id", to: tracer.session.id.description)
        if let project = tracer.session.project { baggage.set("project", to: project) }
        baggage.set("source", to: tracer.session.source)
        for item in existing.items + tracer.baggage.items
        where !Baggage.isAssociation(item.key) && baggage[item.key] == nil {
            baggage.set(item.key, to: item.value)
        }
        self.baggage = baggage.header
    }
}

extension TracedSpan {
    /// This span as the parent of what another service does.
    package var traceContext: TraceContext {
        TraceContext(
            traceID: tracer.traceID,
            spanID: id,
            isSampled: tracer.isSampled,
            traceState: tracer.traceState
        )
    }
}
