internal import SessionTracing
internal import TriggerContext

/// Decides which session an invocation is in: what the event says, then `HH_SESSION_ID`, then a new one.
struct SessionResolver: Sendable {
    let settings: TracingSettings
    var ids = IDGenerator.system

    func session(for context: TriggerContext) -> Session {
        let (id, origin) = sessionID(for: context)
        return Session(
            id: id,
            origin: origin,
            name: settings.sessionName,
            project: context.project ?? settings.project,
            source: context.source ?? settings.source
        )
    }

    private func sessionID(for context: TriggerContext) -> (SessionID, Session.Origin) {
        if let found = context.session, let id = SessionID(found.text) { return (id, found.origin) }
        if let text = settings.sessionID, let id = SessionID(text) { return (id, .environment) }
        var ids = ids
        return (SessionID(using: &ids), .generated)
    }
}
