import TracedLambda

/// One message of the conversation in the API's format (https://platform.openai.com/docs/api-reference/chat/create).
struct ChatMessage: Encodable, Sendable, Equatable {
    let role: String
    let content: String
    var toolCalls: [ToolCall]?
    var toolCallID: String?

    /// The message in the trace: a turn that only calls tools contains the calls.
    var recorded: ModelCall.Message {
        let lines = [content] + (toolCalls ?? []).map { "\($0.function.name)(\($0.function.arguments))" }
        return ModelCall.Message(role: role, content: lines.filter { !$0.isEmpty }.joined(separator: "\n"))
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
}
