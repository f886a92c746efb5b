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

    /// The maximum number of records with a context of their own: the largest batch of SQS and of Kinesis.
    package static let maximumRecordCount = 10_000

    /// Extracts the caller's context from an invocation.
    ///
    /// - Parameters:
    ///   - event: The event's bytes, JSON or not.
    ///   - clientContext: The trace context of the Lambda client context; the event's own takes precedence.
    ///   - sessionPath: The function's configured path of the session id, which has the highest precedence.
    ///   - propagators: The propagators whose header fields are read. Session ids in other fields are always found.
    /// - Returns: The context found. Nothing is thrown: the function runs with any event.
    package static func extract(
        event: [UInt8],
        clientContext: TraceHeaders? = nil,
        sessionPath: SessionPath? = nil,
        propagators: Propagators = .all
    ) -> TriggerContext {
        let settings = ReadingSettings(path: sessionPath, propagators: propagators)
        let found = event.withUnsafeBufferPointer { text in
            // Nothing in a malformed event is trusted, not even the parts before the error.
            var found = (try? EventReader.read(text, settings)) ?? FoundEvent()
            if found.isWhole { found.hints.ownID = sessionPath?.find(in: text) }
            return found
        }
        return TriggerContext(found, clientContext: clientContext?.restricted(to: propagators))
    }

    private init(_ event: FoundEvent, clientContext: TraceHeaders?) {
        let hints = event.hints
        let callerBaggage = hints.baggage
        let clientBaggage = Baggage(header: clientContext?.baggage ?? "")
        trigger = event.trigger
        records = event.records
        let shared = records.isEmpty ? nil : SharedContext(records)
        session =
            hints.session(callerBaggage) ?? shared?.session ?? Self.session(in: clientContext, baggage: clientBaggage)
        if hints.namesBaggage {
            baggage = callerBaggage
        } else {
            baggage = shared?.baggage ?? clientBaggage
        }
        if hints.namesParent {
            parent = hints.parent
        } else if let shared {
            parent = shared.parent
        } else if let traceparent = clientContext?.traceparent {
            parent = TraceContext(traceparent: traceparent, tracestate: clientContext?.tracestate)
        }
        project = baggage.association("project")
        source = baggage.association("source")
    }

    private static func session(in clientContext: TraceHeaders?, baggage: Baggage) -> FoundSession? {
        let text = baggage.association("session_id") ?? clientContext?.sessionID
        return text.map { FoundSession(text: $0, origin: .clientContext) }
    }
}
