/// What a call of a language model is asked: the fields that every provider has.
///
/// Names follow OpenTelemetry's GenAI conventions (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).
public struct ModelCall: Sendable, Hashable {
    /// What is asked of the model.
    public enum Operation: String, Sendable, Hashable {
        /// A conversation's next message.
        case chat
        /// The continuation of a text.
        case textCompletion = "text_completion"
        /// Vectors for texts.
        case embeddings
    }

    /// One message of a conversation.
    public struct Message: Sendable, Hashable {
        /// Whose it is: `system`, `user`, `assistant` or `tool`.
        public var role: String
        /// What it says.
        public var content: String

        /// Makes a message.
        ///
        /// - Parameters:
        ///   - role: `system`, `user`, `assistant` or `tool`.
        ///   - content: What it says.
        public init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The kind of call.
    public var operation: Operation
    /// Who serves the model, in lower case: `openai`, `anthropic`, `aws.bedrock`.
    public var provider: String
    /// The model that is asked for.
    public var model: String
    /// The conversation so far, or the texts to embed as messages of the user.
    public var messages: [Message]
    /// The call's settings: `temperature`, `max_tokens` and their like.
    public var settings: [String: AttributeValue]

    /// Describes a call.
    ///
    /// - Parameters:
    ///   - operation: The kind of call.
    ///   - provider: Who serves the model, in lower case.
    ///   - model: The model that is asked for.
    ///   - messages: The conversation so far.
    ///   - settings: The call's settings.
    public init(
        _ operation: Operation,
        provider: String,
        model: String,
        messages: [Message],
        settings: [String: AttributeValue] = [:]
    ) {
        self.operation = operation
        self.provider = provider
        self.model = model
        self.messages = messages
        self.settings = settings
    }
}
