internal import SessionTracing
internal import TriggerContext

/// Determines the session of an invocation: from the event or the client context, then from `HH_SESSION_ID`, then from the caller's trace,
/// then from the conversation of the invoking service, otherwise a new one.
struct SessionResolver: Sendable {
    let settings: FunctionSettings
    var ids = IDGenerator.system

    func session(for caller: TriggerContext) -> Session {
        let (id, origin) = sessionID(for: caller)
        return Session(
            id: id,
            origin: origin,
            name: settings.sessionName,
            project: caller.project ?? settings.project,
            source: caller.source ?? settings.source
        )
    }

    /// Returns the session of one record of a batch; values that the record does not contain are taken from the
    /// invocation's session, from the record's trace if the invocation's session was not named, or from the settings.
    func session(for record: RecordContext, within invocation: Session) -> Session {
        let found = record.session.flatMap { found in SessionID(found.text).map { (id: $0, origin: found.origin) } }
        let (id, origin) = found ?? invocation.idOfPart(from: record.parent)
        return Session(
            id: id,
            origin: origin,
            name: invocation.name,
            project: record.project ?? settings.project,
            source: record.source ?? settings.source
        )
    }

    private func sessionID(for caller: TriggerContext) -> (SessionID, Session.Origin) {
        if let found = caller.session, let id = SessionID(found.text) { return (id, found.origin) }
        if let text = settings.sessionID, let id = SessionID(text) { return (id, .environment) }
        if let trace = caller.callerTraceID { return (SessionID(of: trace), .trace) }
        if let found = caller.conversationSession, let id = SessionID(found.text) { return (id, found.origin) }
        var ids = ids
        return (SessionID(using: &ids), .generated)
    }
}
