/// What kind of step a span is, in HoneyHive's words.
public enum EventType: String, Sendable, Hashable {
    /// A call of a language model.
    case model
    /// A call of something else: a search, a database, a function.
    case tool
    /// Steps that belong together, as an agent's or a pipeline's.
    case chain
    /// The session itself.
    case session
}
