import SessionTracing
import TriggerContext

extension TriggerContext {
    /// What is found in an event, given as text.
    static func extract(_ event: String, clientContext: Carrier? = nil) -> TriggerContext {
        extract(event: Array(event.utf8), clientContext: clientContext)
    }

    /// The session that was found: `origin: text`.
    var found: String? {
        session.map { "\($0.origin.rawValue): \($0.text)" }
    }

    /// Nothing was found at all: the session will be a generated one.
    var isEmpty: Bool {
        session == nil && parent == nil && baggage.items.isEmpty && project == nil && source == nil
    }
}
