public import SessionTracing
internal import WireText

/// A request of the chat-completions API (https://platform.openai.com/docs/api-reference/chat/create).
struct ChatRequest {
    let model: String
    let messages: [ModelCall.Message]
    let tools: [ChatTool]
    let settings: [String: AttributeValue]
    /// The name and the schema of the output; nil for text.
    let output: (name: String, schema: JSONSchema)?
    let isStreamed: Bool

    /// The settings as they are sent, except the schema's text.
    var sentSettings: [String: AttributeValue] {
        var settings = settings
        if isStreamed {
            settings["stream"] = true
            // Without it a stream does not tell its tokens. `.null` leaves it out, for a server that does not know it.
            if settings["stream_options"] == nil { settings["stream_options"] = ["include_usage": true] }
        }
        return settings.filter { $0.value != .null && !Self.ownNames.contains($0.key) }
    }

    private static let ownNames: Set<String> = ["model", "messages", "tools"]

    /// The request in the trace.
    func recorded(provider: String) -> ModelCall {
        var settings = sentSettings
        if let output {
            let schema: AttributeValue = ["name": .string(output.name), "strict": true, "schema": output.schema.value]
            settings["response_format"] = ["type": "json_schema", "json_schema": schema]
        }
        return ModelCall(
            .chat,
            provider: provider,
            model: model,
            messages: messages,
            settings: settings,
            tools: tools.map(\.recorded)
        )
    }

    /// The body as JSON text.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", model)
            writer.name("messages")
            writer.array { writer in for message in messages { Self.write(message, to: &writer) } }
            writeTools(to: &writer)
            if let output {
                writer.name("response_format")
                writer.object { writer in
                    writer.member("type", "json_schema")
                    writer.name("json_schema")
                    writer.object { writer in
                        writer.member("name", output.name)
                        writer.name("strict")
                        writer.bool(true)
                        writer.name("schema")
                        writer.raw(Array(output.schema.strictText.utf8))
                    }
                }
            }
            for (name, value) in sentSettings.sorted(by: { $0.key < $1.key })
            where output == nil || name != "response_format" {
                writer.name(name)
                writer.value(value)
            }
        }
        return writer.bytes
    }

    private func writeTools(to writer: inout JSONWriter) {
        guard !tools.isEmpty else { return }
        writer.name("tools")
        writer.array { writer in
            for tool in tools {
                writer.object { writer in
                    writer.member("type", "function")
                    writer.name("function")
                    writer.object { writer in
                        writer.member("name", tool.name)
                        if let description = tool.description { writer.member("description", description) }
                        writer.name("parameters")
                        writer.raw(Array(tool.arguments.text.utf8))
                    }
                }
            }
        }
    }

    // MARK: Messages

    /// Writes a message; each result of a tool is a message of its own.
    private static func write(_ message: ModelCall.Message, to writer: inout JSONWriter) {
        for case .toolResult(let id, let result) in message.parts {
            writer.object { writer in
                writer.member("role", "tool")
                if let id { writer.member("tool_call_id", id) }
                writer.member("content", result.text)
            }
        }
        let hasResultsOnly = !message.parts.isEmpty && message.parts.allSatisfy(\.isToolResult)
        if !hasResultsOnly { writer.object { writeMembers(of: message, to: &$0) } }
    }

    private static func writeMembers(of message: ModelCall.Message, to writer: inout JSONWriter) {
        writer.member("role", message.role)
        let calls = message.parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
        writer.name("content")
        if message.parts.contains(where: \.isReference) {
            writer.array { writer in for part in message.parts { write(part, to: &writer) } }
        } else if message.content.isEmpty, !calls.isEmpty {
            writer.null()
        } else {
            writer.string(message.content)
        }
        guard !calls.isEmpty else { return }
        writer.name("tool_calls")
        writer.array { writer in
            for call in calls {
                writer.object { writer in
                    writer.member("id", call.id ?? "")
                    writer.member("type", "function")
                    writer.name("function")
                    writer.object { writer in
                        writer.member("name", call.name)
                        writer.member("arguments", call.argumentText)
                    }
                    if let extra = ReturnedFields.value(of: call, in: message) {
                        writer.name("extra_content")
                        writer.value(extra)
                    }
                }
            }
        }
    }

    private static func write(_ part: ModelCall.Message.Part, to writer: inout JSONWriter) {
        switch part {
        case .text(let text):
            writer.object { writer in
                writer.member("type", "text")
                writer.member("text", text)
            }
        case .image(let uri, _):
            writer.object { writer in
                writer.member("type", "image_url")
                writer.name("image_url")
                writer.object { $0.member("url", uri) }
            }
        case .other(let type, let members) where part.isReference:
            writer.value(.dictionary(members.merging(["type": .string(type)]) { $1 }))
        case .reasoning, .toolCall, .toolResult, .other: break
        }
    }
}

/// Data of a tool call that a server demands back with the call's result, such as Gemini's thought signatures.
///
/// A message keeps it as a part, so that it is in the conversation and in the trace.
enum ReturnedFields {
    static let partType = "extra_content"

    static func part(_ value: AttributeValue, of callID: String) -> ModelCall.Message.Part {
        .other(type: partType, ["tool_call_id": .string(callID), "value": value])
    }

    static func value(of call: ModelCall.ToolCall, in message: ModelCall.Message) -> AttributeValue? {
        guard let id = call.id else { return nil }
        for case .other(partType, let members) in message.parts where members["tool_call_id"] == .string(id) {
            return members["value"]
        }
        return nil
    }
}

extension ModelCall.Message.Part {
    fileprivate var isToolResult: Bool { if case .toolResult = self { true } else { false } }

    /// True for content other than text, which needs a list of parts.
    fileprivate var isReference: Bool {
        switch self {
        case .image: true
        case .other(let type, _): type != ReturnedFields.partType && type != ChatAnswerParts.refusal
        case .text, .reasoning, .toolCall, .toolResult: false
        }
    }
}

extension ModelCall.ToolCall {
    /// The arguments as JSON text, which a model may have written incorrectly; an empty object if it gave none.
    public var argumentText: String {
        let text = arguments.text
        return text.utf8.allSatisfy(\.isSpace) ? "{}" : text
    }
}

extension AttributeValue {
    /// The member of an object, or nil; a null counts as none.
    subscript(name: String) -> AttributeValue? {
        guard case .dictionary(let members) = self, let value = members[name], value != .null else { return nil }
        return value
    }

    var stringValue: String? { if case .string(let text) = self { text } else { nil } }

    var intValue: Int? {
        switch self {
        case .int(let number): number
        // Some servers count tokens with a point.
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    var doubleValue: Double? {
        switch self {
        case .double(let number): number
        case .int(let number): Double(number)
        default: nil
        }
    }

    var elements: [AttributeValue] { if case .array(let elements) = self { elements } else { [] } }
}
