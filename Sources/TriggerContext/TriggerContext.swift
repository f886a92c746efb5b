package import SessionTracing

/// What an event says of its caller: the session, the place in the trace, and what else travels with them.
package struct TriggerContext: Sendable, Equatable {
    /// A session id as the caller wrote it, and where it stood.
    package struct FoundSession: Sendable, Equatable {
        package let text: String
        package let origin: Session.Origin
    }

    package var session: FoundSession?
    package var parent: TraceContext?
    package var baggage: Baggage
    /// Named by the baggage; they replace the function's own.
    package var project: String?
    package var source: String?

    /// Finds the caller's context in an invocation.
    ///
    /// - Parameters:
    ///   - event: The event's bytes, JSON or not.
    ///   - clientContext: The trace context that the Lambda client context carries; weaker than the event's own.
    ///   - propagators: Which header fields are read. Session ids that stand elsewhere are found all the same.
    /// - Returns: What was found. Nothing is thrown: whatever the event is, the function runs.
    package static func extract(
        event: [UInt8],
        clientContext: Carrier? = nil,
        propagators: Propagators = .all
    ) -> TriggerContext {
        let found = DirectEvent(event)
        let carrier = found.carrier.restricted(to: propagators)
        let clientContext = clientContext?.restricted(to: propagators)
        let callers = carrier.baggage.map { Baggage(header: $0) }
        let clients = Baggage(header: clientContext?.baggage ?? "")
        let baggage = callers ?? clients
        let traceparent = carrier.traceparent == nil ? clientContext : carrier
        return TriggerContext(
            session: session(in: found, baggage: callers) ?? session(in: clientContext, baggage: clients),
            parent: traceparent.flatMap { carrier in
                carrier.traceparent.flatMap { TraceContext(traceparent: $0, tracestate: carrier.tracestate) }
            },
            baggage: baggage,
            project: baggage.association("project"),
            source: baggage.association("source")
        )
    }

    private static func session(in event: DirectEvent, baggage: Baggage?) -> FoundSession? {
        if let text = event.sessionID { return FoundSession(text: text, origin: .event) }
        if let text = baggage?.association("session_id") { return FoundSession(text: text, origin: .baggage) }
        if let text = event.carrier.sessionID { return FoundSession(text: text, origin: .header) }
        return nil
    }

    private static func session(in clientContext: Carrier?, baggage: Baggage) -> FoundSession? {
        let text = baggage.association("session_id") ?? clientContext?.sessionID
        return text.map { FoundSession(text: $0, origin: .clientContext) }
    }
}
