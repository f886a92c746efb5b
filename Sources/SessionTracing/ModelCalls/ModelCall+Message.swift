extension ModelCall {
    /// One message of a conversation: a text, or several parts.
    ///
    /// ```swift
    /// let question = ModelCall.Message(role: "user", content: "Weather in Oslo?")
    /// let call = ModelCall.ToolCall(id: "c1", name: "weather", arguments: ["city": "Oslo"])
    /// let answer = ModelCall.Message(role: "assistant", parts: [.toolCall(call)])
    /// let result = ModelCall.Message(role: "tool", parts: [.toolResult(id: "c1", "4 °C")])
    /// ```
    public struct Message: Sendable, Hashable {
        /// The role of the author: `system`, `user`, `assistant` or `tool`.
        public var role: String
        /// The parts of the message, in order.
        public var parts: [Part]

        /// The texts of the message, joined by line breaks; setting it replaces them by one.
        public var content: String {
            get { texts.joined(separator: "\n") }
            set {
                parts.removeAll { if case .text = $0 { true } else { false } }
                parts.insert(.text(newValue), at: 0)
            }
        }

        /// Creates a message of one text.
        ///
        /// - Parameters:
        ///   - role: The role of the author: `system`, `user`, `assistant` or `tool`.
        ///   - content: The text of the message.
        public init(role: String, content: String) {
            self.init(role: role, parts: [.text(content)])
        }

        /// Creates a message.
        ///
        /// - Parameters:
        ///   - role: The role of the author: `system`, `user`, `assistant` or `tool`.
        ///   - parts: The parts of the message, in order.
        public init(role: String, parts: [Part]) {
            self.role = role
            self.parts = parts
        }

        var texts: [String] {
            parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        }
    }

    /// A call of a tool, as a model asks for it.
    public struct ToolCall: Sendable, Hashable {
        /// The provider's id of the call, which the result refers to.
        public var id: String?
        /// The tool's name.
        public var name: String
        /// The arguments: the model's JSON text as a string, or the values themselves.
        public var arguments: AttributeValue

        /// Creates a call.
        ///
        /// - Parameters:
        ///   - id: The provider's id of the call.
        ///   - name: The tool's name.
        ///   - arguments: The arguments: the model's JSON text as a string, or the values themselves.
        public init(id: String? = nil, name: String, arguments: AttributeValue = [:]) {
            self.id = id
            self.name = name
            self.arguments = arguments
        }
    }
}

extension ModelCall.Message {
    /// A part of a message.
    public enum Part: Sendable, Hashable {
        /// Text.
        case text(String)
        /// The model's reasoning before its answer.
        case reasoning(String)
        /// A call of a tool by the model.
        case toolCall(ModelCall.ToolCall)
        /// A tool's result for the model, with the id of the call; a text, or a structured value.
        case toolResult(id: String?, AttributeValue)
        /// A reference to an image, as a URI, with its media type.
        case image(uri: String, mediaType: String? = nil)
        /// Another part of OpenTelemetry's conventions, such as `file` or `blob`, with its members.
        case other(type: String, [String: AttributeValue])
    }
}
