import TracedLambda

/// One message of the conversation, as the API wants it (https://platform.openai.com/docs/api-reference/chat/create).
struct ChatMessage: Encodable, Sendable, Equatable {
    let role: String
    let content: String
    var toolCalls: [ToolCall]?
    var toolCallID: String?

    /// As the trace shows it: a turn that only calls tools shows the calls.
    var recorded: ModelCall.Message {
        let lines = [content] + (toolCalls ?? []).map { "\($0.function.name)(\($0.function.arguments))" }
        return ModelCall.Message(role: role, content: lines.filter { !$0.isEmpty }.joined(separator: "\n"))
    }
}

/// A tool that the model calls, with arguments of its own making.
struct ToolCall: Encodable, Sendable, Equatable {
    struct Function: Encodable, Sendable, Equatable {
        var name = ""
        var arguments = ""
    }

    var id = ""
    let type = "function"
    var function = Function()
}
