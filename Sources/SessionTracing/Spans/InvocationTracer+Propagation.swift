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
        let written = propagationFields(in: context.currentTrace, existing: existing)
        for (name, value) in written.fields { carrier.setField(name, to: value) }
        // The state of another trace must not stand beside this traceparent; a carrier has no way to remove a field.
        if written.traceparent != nil, written.traceState == nil, !carrier.values(ofField: "tracestate").isEmpty {
            carrier.setField("tracestate", to: "")
        }
    }

    /// Returns the fields to propagate from a context of this invocation.
    func propagationFields(in current: CurrentTrace, existing: Baggage = Baggage()) -> PropagationFields {
        let tracer = resolved(in: current)
        return PropagationFields(tracer: tracer, parent: tracer.traceContext(in: current), existing: existing)
    }

    /// Runs a part of the invocation in the session, and under the span, of the caller described by a carrier; the
    /// `with_distributed_trace_context` of HoneyHive's clients.
    ///
    /// The runtime already reads the event's own context. Use this function for context received in another way, for
    /// example in a message that the handler fetches. Values that the carrier does not contain are inherited. If nobody
    /// named the invocation's session, a carrier with a trace and no session is in the session of that trace.
    ///
    /// - Parameters:
    ///   - carrier: The headers or their equivalent, with names in any case.
    ///   - sessionID: The session's id, which takes precedence over the carrier's; a text that is not a UUID is
    ///     converted as one in an event. Nil or blank uses the carrier's.
    ///   - body: Runs in the new scope and receives its tracer. All spans started within, by any tracer of this
    ///     invocation, belong to that session.
    /// - Returns: The body's result.
    /// - Throws: The body's error. A carrier with missing or malformed context is not an error.
    public nonisolated(nonsending) func withDistributedTraceContext<Result>(
        _ carrier: some PropagationCarrier,
        sessionID: String? = nil,
        _ body: nonisolated(nonsending) (InvocationTracer) async throws -> Result
    ) async rethrows -> Result {
        var context = InstrumentationContext.current ?? .topLevel
        let headers = TraceHeaders { carrier.values(ofField: $0) }
        let scope = resolved(in: context.currentTrace).scoped(to: headers, sessionID: sessionID)
        context.currentTrace.scopedTracer = scope
        return try await InstrumentationContext.$current.withValue(context) { try await body(scope) }
    }

    /// Creates a tracer for a part of the invocation: in the session, and under the span, of a caller.
    ///
    /// - Parameters:
    ///   - headers: The caller's header fields; values that they do not contain are inherited from this tracer.
    ///   - sessionID: The session's id, which takes precedence over the header fields, like the next two.
    ///   - project: The session's project.
    ///   - source: The session's source.
    /// - Returns: The tracer.
    func scoped(
        to headers: TraceHeaders = TraceHeaders(),
        sessionID: String? = nil,
        project: String? = nil,
        source: String? = nil
    ) -> InvocationTracer {
        let headers = headers.restricted(to: policy.propagators)
        let baggage = Baggage(header: headers.baggage ?? "")
        func found(_ text: String?, _ origin: Session.Origin) -> (id: SessionID, origin: Session.Origin)? {
            text.flatMap { SessionID($0) }.map { ($0, origin) }
        }
        let named =
            found(sessionID, .argument) ?? found(baggage.association("session_id"), .baggage)
            ?? found(headers.sessionID, .header)
        // This invocation's own trace is in its session.
        let (id, origin) = named ?? session.idOfPart(from: headers.parent?.traceID == traceID ? nil : headers.parent)
        let session = Session(
            id: id,
            origin: origin,
            name: session.name,
            project: project ?? baggage.association("project") ?? session.project,
            source: source ?? baggage.association("source") ?? session.source
        )
        // A text in an argument is the handler's choice.
        if id != self.session.id, origin != .argument, let problem = session.problem { trace.report(problem) }
        return InvocationTracer(
            within: self,
            session: session,
            parent: headers.parent,
            baggage: baggage.items.isEmpty ? self.baggage : baggage,
            headers: headers
        )
    }
}

extension PropagationFields {
    /// Creates the fields that hand on a caller's context while there is no invocation.
    init(handingOn headers: TraceHeaders, _ propagators: Propagators) {
        let headers = headers.restricted(to: propagators)
        traceparent = headers.parent?.traceparent
        traceState = headers.parent?.traceState
        guard propagators.contains(.baggage) else {
            baggage = ""
            return
        }
        var baggage = Baggage(header: headers.baggage ?? "")
        if let id = headers.sessionID, baggage.association("session_id") == nil { baggage.set("session_id", to: id) }
        self.baggage = baggage.header
    }
}
