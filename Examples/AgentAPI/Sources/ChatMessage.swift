import TracedLambda

/// One message of the conversation in the API's format (https://platform.openai.com/docs/api-reference/chat/create).
struct ChatMessage: Encodable, Sendable, Equatable {
    let role: String
    let content: String
    var toolCalls: [ToolCall]?
    var toolCallID: String?

    /// The message in the trace: its text, its tool calls, or the result of one.
    var recorded: ModelCall.Message {
        if let toolCallID {
            return ModelCall.Message(role: role, parts: [.toolResult(id: toolCallID, .string(content))])
        }
        let calls = (toolCalls ?? []).map { ModelCall.Message.Part.toolCall($0.recorded) }
        return ModelCall.Message(role: role, parts: (content.isEmpty ? [] : [.text(content)]) + calls)
    }
}

/// A tool call of the model with generated arguments.
struct ToolCall: Encodable, Sendable, Equatable {
    struct Function: Encodable, Sendable, Equatable {
        var name = ""
        var arguments = ""
    }

    var id = ""
    let type = "function"
    var function = Function()

    /// The call in the trace.
    var recorded: ModelCall.ToolCall {
        ModelCall.ToolCall(id: id, name: function.name, arguments: .string(function.arguments))
    }
}
