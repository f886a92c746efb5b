internal import Tracing

extension InvocationTracer {
    /// Writes the trace context for another service into an outgoing carrier; the `inject_context_into_carrier` of
    /// HoneyHive's clients.
    ///
    /// The other service then continues this trace in this session. Writes `traceparent`, `tracestate` if there is one,
    /// and `baggage` with the session's id, project and source (https://www.w3.org/TR/baggage/). Existing baggage of
    /// the carrier is kept; fields match in any case. `OTEL_PROPAGATORS` can disable trace context or baggage.
    ///
    /// ```swift
    /// var headers = ["content-type": "application/json"]
    /// context.tracer.injectContext(into: &headers)
    /// ```
    ///
    /// - Parameter carrier: The headers or their equivalent. Its other fields do not change.
    public func injectContext(into carrier: inout some PropagationCarrier) {
        let context = InstrumentationContext.current ?? .topLevel
        let existing = Baggage(header: carrier.values(ofField: "baggage").joined(separator: ","))
        for (name, value) in propagationFields(in: context, existing: existing).fields {
            carrier.setField(name, to: value)
        }
    }

    /// Returns the fields to propagate from a context of this invocation.
    func propagationFields(in context: InstrumentationContext, existing: Baggage = Baggage()) -> PropagationFields {
        let trace = context.currentTrace
        let tracer = resolved(in: trace)
        return PropagationFields(tracer: tracer, parent: tracer.traceContext(in: trace), existing: existing)
    }

    /// Runs a part of the invocation in the session, and under the span, of the caller described by a carrier; the
    /// `with_distributed_trace_context` of HoneyHive's clients.
    ///
    /// The runtime already reads the event's own context. Use this function for context received in another way, for
    /// example in a message that the handler fetches. Values that the carrier does not contain are inherited.
    ///
    /// - Parameters:
    ///   - carrier: The headers or their equivalent, with names in any case.
    ///   - body: Runs in the new scope and receives its tracer. All spans started within, by any tracer of this
    ///     invocation, belong to that session.
    /// - Returns: The body's result.
    /// - Throws: The body's error. A carrier with missing or malformed context is not an error.
    public nonisolated(nonsending) func withDistributedTraceContext<Result>(
        _ carrier: some PropagationCarrier,
        _ body: nonisolated(nonsending) (InvocationTracer) async throws -> Result
    ) async rethrows -> Result {
        var context = InstrumentationContext.current ?? .topLevel
        let scope = resolved(in: context.currentTrace).scoped(to: carrier)
        context.currentTrace.scopedTracer = scope
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
