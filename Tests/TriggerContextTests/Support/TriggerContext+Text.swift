import SessionTracing
import TriggerContext

extension TriggerContext {
    /// Extracts the context of an event given as a string.
    static func extract(_ event: String, clientContext: String? = nil) -> TriggerContext {
        extract(event: Array(event.utf8), clientContext: clientContext)
    }

    /// The session found, as `origin: text`.
    var found: String? {
        session.map { "\($0.origin.rawValue): \($0.text)" }
    }

    /// True if nothing was found, so that the session will be generated.
    var isEmpty: Bool {
        session == nil && parent == nil && baggage.items.isEmpty && project == nil && source == nil
    }
}
