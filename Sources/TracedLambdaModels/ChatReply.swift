public import SessionTracing

/// A piece of a model's turn or of an agent's work, as it arrives.
public enum ChatPiece: Sendable, Hashable {
    /// A piece of the answer's text.
    case text(String)
    /// A piece of the model's reasoning.
    case reasoning(String)
    /// A complete call of a tool.
    case toolCall(ModelCall.ToolCall)
    /// The result of a tool for the model; only of an agent.
    case toolResult(ModelCall.ToolCall, String)
}

/// A model's turn: its message, the reason of its end, and its usage.
///
/// ```swift
/// let reply = try await model.reply(to: messages, context: context)
/// messages.append(reply.message)
/// if reply.finishReason == "length" { context.logger.warning("cut", metadata: ["text": "\(reply.text)"]) }
/// ```
public struct ChatReply: Sendable, Hashable {
    /// The whole response with usage and further choices.
    ///
    /// Its finish reasons have the positions of the choices: an empty string for a choice that has none.
    public let response: ModelResponse

    init(_ response: ModelResponse) {
        self.response = response
    }

    /// The message, to be appended to the conversation for the next turn.
    public var message: ModelCall.Message { response.choices.first ?? ModelCall.Message(role: "assistant", parts: []) }
    /// The text; empty if the model only calls tools.
    public var text: String { message.content }
    /// The tools that the model calls, in order.
    public var toolCalls: [ModelCall.ToolCall] {
        message.parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }
    /// The reason for which the model refuses to answer, or nil.
    public var refusal: String? {
        message.parts.lazy.compactMap { part in
            if case .other(ChatAnswerParts.refusal, let members) = part { members["content"]?.stringValue } else { nil }
        }.first
    }
    /// The reason of the end, as the server calls it: `stop`, `length`, `tool_calls`, `content_filter`; nil if the
    /// server gave none.
    public var finishReason: String? { response.finishReasons.first.nonEmpty }
}

extension ModelCall.Message {
    /// Instructions for the model.
    ///
    /// - Parameter text: The text.
    /// - Returns: The message.
    public static func system(_ text: String) -> Self { Self(role: "system", content: text) }

    /// A message of the user.
    ///
    /// - Parameter text: The text.
    /// - Returns: The message.
    public static func user(_ text: String) -> Self { Self(role: "user", content: text) }

    /// A message of the model.
    ///
    /// - Parameter text: The text.
    /// - Returns: The message.
    public static func assistant(_ text: String) -> Self { Self(role: "assistant", content: text) }

    /// The result of a tool, for the model.
    ///
    /// - Parameters:
    ///   - result: The result.
    ///   - call: The model's call.
    /// - Returns: The message.
    public static func toolResult(_ result: AttributeValue, of call: ModelCall.ToolCall) -> Self {
        Self(role: "tool", parts: [.toolResult(id: call.id, result)])
    }
}
