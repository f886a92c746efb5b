package import SessionTracing

/// The context that an event provides: trigger, session, parent span and baggage, and the same for each record of a
/// batch.
package struct TriggerContext: Sendable, Equatable {
    /// A session id as the caller wrote it, with its source.
    package struct FoundSession: Sendable, Equatable {
        package let text: String
        package let origin: Session.Origin
    }

    package var trigger = Trigger()
    package var session: FoundSession?
    package var parent: TraceContext?
    package var baggage: Baggage
    /// The project from the baggage, which replaces the function's own.
    package var project: String?
    package var source: String?
    package var records: [RecordContext] = []
    /// The trace of the caller, or of the callers of all records.
    package var callerTraceID: TraceID?
    /// The id of a conversation by which the invoking service names it; the last resort.
    package var conversationSession: FoundSession?
    /// The names and places of values that could name a session or a trace, but cannot be used.
    package var unusable: [String] = []

    /// The maximum number of records with a context of their own: the largest batch of SQS and of Kinesis.
    package static let maximumRecordCount = 10_000

    /// Extracts the caller's context from an invocation.
    ///
    /// - Parameters:
    ///   - event: The event's bytes, JSON or not.
    ///   - clientContext: The Lambda client context, JSON or not; the event's own context takes precedence.
    ///   - sessionPath: The function's configured path of the session id, which has the highest precedence.
    ///   - propagators: The propagators whose header fields are read. Session ids in other fields are always found.
    /// - Returns: The context found. Nothing is thrown: the function runs with any event.
    package static func extract(
        event: [UInt8],
        clientContext: String? = nil,
        sessionPath: SessionPath? = nil,
        propagators: Propagators = .all
    ) -> TriggerContext {
        var reader = EventReader(path: sessionPath, propagators: propagators)
        // Nothing in a malformed event is trusted, not even the parts before the error.
        var found = FoundEvent()
        event.withUnsafeBufferPointer { text in
            if let whole = try? reader.read(text) { found = whole }
        }
        var client = CallerHints()
        if let clientContext {
            Array(clientContext.utf8).withUnsafeBufferPointer { text in
                if let hints = try? CallerHints(clientContext: text) { client = hints }
            }
        }
        client.restrict(to: propagators)
        return TriggerContext(found, client: client)
    }

    private init(_ event: consuming FoundEvent, client: borrowing CallerHints) {
        let callerBaggage = event.hints.baggage
        let clientBaggage = client.baggage
        trigger = event.trigger
        records = event.records
        let shared = records.isEmpty ? nil : SharedContext(records)
        session =
            event.hints.session(callerBaggage) ?? shared?.session
            ?? client.session(clientBaggage).map { FoundSession(text: $0.text, origin: .clientContext) }
        if event.hints.namesBaggage {
            baggage = callerBaggage
        } else {
            baggage = shared?.baggage ?? clientBaggage
        }
        if event.hints.namesParent {
            parent = event.hints.parent
        } else if let shared {
            parent = shared.parent
        } else {
            parent = client.parent
        }
        callerTraceID = parent?.traceID ?? shared?.traceID
        project = baggage.association("project")
        source = baggage.association("source")
        conversationSession = event.hints.conversationID.map { FoundSession(text: $0, origin: .event) }
        event.hints.collect(client.unusable)
        unusable = event.hints.unusable
    }
}
