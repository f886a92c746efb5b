internal import Tracing

extension InvocationTracer {
    /// Writes the trace context for another service into what is sent to it: `inject_context_into_carrier` of HoneyHive's
    /// clients.
    ///
    /// The other service then continues this trace, in this session. Written are `traceparent`, `tracestate` when there is
    /// one, and `baggage` with the session's id, project and source (https://www.w3.org/TR/baggage/). Baggage that the
    /// carrier holds stays; fields are found in any case. `OTEL_PROPAGATORS` can leave out the trace or the baggage.
    ///
    /// - Parameter carrier: The headers, or what takes their place. Nothing else in it changes.
    public func injectContext(into carrier: inout some PropagationCarrier) {
        let context = InstrumentationContext.current ?? .topLevel
        let existing = Baggage(header: carrier.values(ofField: "baggage").joined(separator: ","))
        for (name, value) in propagationFields(in: context, existing: existing).fields {
            carrier.setField(name, to: value)
        }
    }

    /// What another service is to be told in a context of this invocation.
    func propagationFields(in context: InstrumentationContext, existing: Baggage = Baggage()) -> PropagationFields {
        let place = context.tracingPlace
        let tracer = resolved(at: place)
        return PropagationFields(tracer: tracer, parent: tracer.traceContext(at: place), existing: existing)
    }

    /// Runs a part of the invocation in the session, and under the span, of the caller that a carrier names:
    /// `with_distributed_trace_context` of HoneyHive's clients.
    ///
    /// The event's own context needs no such scope; the runtime has read it. This is for context that comes another way, as in
    /// a message that the handler fetches. What the carrier does not name stays as it is outside.
    ///
    /// - Parameters:
    ///   - carrier: The headers, or what takes their place, with names in any case.
    ///   - body: The part; gets the tracer of its session. Spans that are made within, by whatever tracer of this
    ///     invocation, are in that session.
    /// - Returns: What the part returns.
    /// - Throws: What the part throws. A carrier without context, or with a malformed one, is no error.
    public nonisolated(nonsending) func withDistributedTraceContext<Result>(
        _ carrier: some PropagationCarrier,
        _ body: nonisolated(nonsending) (InvocationTracer) async throws -> Result
    ) async rethrows -> Result {
        var context = InstrumentationContext.current ?? .topLevel
        let scope = resolved(at: context.tracingPlace).scoped(to: carrier)
        context.tracingPlace.scopedTracer = scope
        return try await InstrumentationContext.$current.withValue(context) { try await body(scope) }
    }

    private func scoped(to carrier: some PropagationCarrier) -> InvocationTracer {
        func joined(_ name: String) -> String { carrier.values(ofField: name).joined(separator: ",") }
        let propagators = policy.propagators
        let baggage = propagators.contains(.baggage) ? Baggage(header: joined("baggage")) : Baggage()
        let traceparent = propagators.contains(.traceContext) ? carrier.values(ofField: "traceparent").first : nil
        let parent = traceparent.flatMap { TraceContext(traceparent: $0, tracestate: joined("tracestate")) }
        let id = baggage.association("session_id").flatMap { SessionID($0) }
        let session = Session(
            id: id ?? session.id,
            origin: id == nil ? session.origin : .baggage,
            name: session.name,
            project: baggage.association("project") ?? session.project,
            source: baggage.association("source") ?? session.source
        )
        return InvocationTracer(
            within: self,
            session: session,
            parent: parent,
            baggage: baggage.items.isEmpty ? self.baggage : baggage
        )
    }
}
