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
        /// Generates content of several kinds, such as text and images.
        case generateContent = "generate_content"
        /// Computes vectors for texts.
        case embeddings
    }

    /// A tool that the model may call.
    public struct Tool: Sendable, Hashable {
        /// The tool's name.
        public var name: String
        /// The purpose of the tool, as the model reads it.
        public var description: String?
        /// The JSON Schema of the arguments.
        public var parameters: AttributeValue?

        /// Creates a tool.
        ///
        /// - Parameters:
        ///   - name: The tool's name.
        ///   - description: The purpose of the tool, as the model reads it.
        ///   - parameters: The JSON Schema of the arguments.
        public init(name: String, description: String? = nil, parameters: AttributeValue? = nil) {
            self.name = name
            self.description = description
            self.parameters = parameters
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
    /// The parameters of the request, such as `temperature` and `max_tokens`, under the provider's names.
    public var settings: [String: AttributeValue]
    /// The tools that the model may call.
    public var tools: [Tool]

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - provider: The provider that serves the model, in lower case.
    ///   - model: The name of the requested model.
    ///   - messages: The conversation so far.
    ///   - settings: The parameters of the request.
    ///   - tools: The tools that the model may call.
    public init(
        _ operation: Operation,
        provider: String,
        model: String,
        messages: [Message],
        settings: [String: AttributeValue] = [:],
        tools: [Tool] = []
    ) {
        self.operation = operation
        self.provider = provider
        self.model = model
        self.messages = messages
        self.settings = settings
        self.tools = tools
    }
}
