/// The kind of step that a span represents, in HoneyHive's terms.
public enum EventType: String, Sendable, Hashable {
    /// A call of a language model.
    case model
    /// A call of anything else, such as a search, a database or a function.
    case tool
    /// A group of steps, such as an agent or a pipeline.
    case chain
    /// The session itself.
    case session
}
