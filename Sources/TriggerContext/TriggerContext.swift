package import SessionTracing

/// What an event says of its caller: what invoked the function, the session, the place in the trace, what else travels with
/// them; and the same of each record of a batch.
package struct TriggerContext: Sendable, Equatable {
    /// A session id as the caller wrote it, and where it stood.
    package struct FoundSession: Sendable, Equatable {
        package let text: String
        package let origin: Session.Origin
    }

    package var trigger = Trigger()
    package var session: FoundSession?
    package var parent: TraceContext?
    package var baggage: Baggage
    /// Named by the baggage; they replace the function's own.
    package var project: String?
    package var source: String?
    package var records: [RecordContext] = []

    /// Records beyond this count have no context of their own: SQS's largest batch, and Kinesis'.
    package static let maximumRecordCount = 10_000

    /// Finds the caller's context in an invocation.
    ///
    /// - Parameters:
    ///   - event: The event's bytes, JSON or not.
    ///   - clientContext: The trace context that the Lambda client context carries; weaker than the event's own.
    ///   - sessionPath: The function's own place of the session's id, which goes before all others.
    ///   - propagators: Which header fields are read. Session ids that stand elsewhere are found all the same.
    /// - Returns: What was found. Nothing is thrown: whatever the event is, the function runs.
    package static func extract(
        event: [UInt8],
        clientContext: Carrier? = nil,
        sessionPath: SessionPath? = nil,
        propagators: Propagators = .all
    ) -> TriggerContext {
        let settings = ReadingSettings(path: sessionPath, propagators: propagators)
        let found = event.withUnsafeBufferPointer { text in
            // What stands in a malformed event cannot be trusted, not even what stands before the fault.
            var found = (try? EventReader.read(text, settings)) ?? FoundEvent()
            if found.isWhole { found.caller.ownID = sessionPath?.find(in: text) }
            return found
        }
        return TriggerContext(found, clientContext: clientContext?.restricted(to: propagators))
    }

    private init(_ event: FoundEvent, clientContext: Carrier?) {
        let caller = event.caller
        let callers = caller.baggage
        let clients = Baggage(header: clientContext?.baggage ?? "")
        trigger = event.trigger
        records = event.records
        let shared = records.isEmpty ? nil : SharedContext(records)
        session = caller.session(callers) ?? shared?.session ?? Self.session(in: clientContext, baggage: clients)
        if caller.namesBaggage {
            baggage = callers
        } else {
            baggage = shared?.baggage ?? clients
        }
        if caller.namesParent {
            parent = caller.parent
        } else if let shared {
            parent = shared.parent
        } else if let traceparent = clientContext?.traceparent {
            parent = TraceContext(traceparent: traceparent, tracestate: clientContext?.tracestate)
        }
        project = baggage.association("project")
        source = baggage.association("source")
    }

    private static func session(in clientContext: Carrier?, baggage: Baggage) -> FoundSession? {
        let text = baggage.association("session_id") ?? clientContext?.sessionID
        return text.map { FoundSession(text: $0, origin: .clientContext) }
    }
}
