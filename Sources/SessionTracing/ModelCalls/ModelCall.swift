/// A request to a language model: the fields common to all providers.
///
/// Names follow OpenTelemetry's GenAI conventions (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).
public struct ModelCall: Sendable, Hashable {
    /// The operation that the model performs.
    public enum Operation: String, Sendable, Hashable {
        /// Generates a conversation's next message.
        case chat
        /// Continues a text.
        case textCompletion = "text_completion"
        /// Computes vectors for texts.
        case embeddings
    }

    /// One message of a conversation.
    public struct Message: Sendable, Hashable {
        /// The role of the author: `system`, `user`, `assistant` or `tool`.
        public var role: String
        /// The text of the message.
        public var content: String

        /// Creates a message.
        ///
        /// - Parameters:
        ///   - role: The role of the author: `system`, `user`, `assistant` or `tool`.
        ///   - content: The text of the message.
        public init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The operation.
    public var operation: Operation
    /// The provider that serves the model, in lower case: `openai`, `anthropic`, `aws.bedrock`.
    public var provider: String
    /// The name of the requested model.
    public var model: String
    /// The conversation so far; for embeddings, the texts as messages of the user.
    public var messages: [Message]
    /// The parameters of the request, such as `temperature` and `max_tokens`.
    public var settings: [String: AttributeValue]

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - provider: The provider that serves the model, in lower case.
    ///   - model: The name of the requested model.
    ///   - messages: The conversation so far.
    ///   - settings: The parameters of the request.
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
