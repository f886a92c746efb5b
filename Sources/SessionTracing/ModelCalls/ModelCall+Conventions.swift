internal import WireText

/// The forms of messages, tools and settings in HoneyHive's fields and in OpenTelemetry's GenAI conventions
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/).

extension ModelCall.Message {
    /// The message in HoneyHive's form, which is OpenAI's: each tool result is a message of its own.
    var honeyHive: [AttributeValue] {
        var results: [AttributeValue] = []
        for case .toolResult(let id, let result) in parts {
            let members: [String: AttributeValue] = ["role": "tool", "content": .string(result.text)]
            results.append(.members(members.merging(["tool_call_id": .text(id)]) { $1 }))
        }
        let hasMore = parts.contains { if case .toolResult = $0 { false } else { true } }
        return results + (hasMore || results.isEmpty ? [.dictionary(honeyHiveMembers)] : [])
    }

    /// The message without tool results, in HoneyHive's form.
    ///
    /// A message without text, such as one that only calls tools, has no content.
    var honeyHiveMembers: [String: AttributeValue] {
        var members: [String: AttributeValue] = ["role": .string(role)]
        let references = parts.contains { part in
            switch part {
            case .image, .other: true
            default: false
            }
        }
        if references {
            members["content"] = .array(parts.compactMap(\.honeyHiveContent))
        } else if !texts.isEmpty {
            members["content"] = .string(content)
        }
        let reasoning = parts.compactMap { if case .reasoning(let text) = $0 { text } else { nil } }
        if !reasoning.isEmpty { members["reasoning"] = .string(reasoning.joined(separator: "\n")) }
        let calls = parts.compactMap { if case .toolCall(let call) = $0 { call.honeyHive } else { nil } }
        if !calls.isEmpty { members["tool_calls"] = .array(calls) }
        return members
    }

    /// The message in OpenTelemetry's form.
    ///
    /// - Parameter finishReason: The provider's reason for the end of a generated message.
    /// - Returns: The message's members.
    func openTelemetry(finishReason: String? = nil) -> AttributeValue {
        .members([
            "role": .string(role), "parts": .array(parts.map(\.openTelemetry)),
            "finish_reason": .text(finishReason.map(ModelResponse.finishReason)),
        ])
    }
}

extension ModelCall.Message.Part {
    /// The part as an element of a list of contents; nil for a part that is not content.
    fileprivate var honeyHiveContent: AttributeValue? {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .image(let uri, _): ["type": "image_url", "image_url": ["url": .string(uri)]]
        case .other(let type, let members): .dictionary(members.merging(["type": .string(type)]) { $1 })
        case .reasoning, .toolCall, .toolResult: nil
        }
    }

    fileprivate var openTelemetry: AttributeValue {
        switch self {
        case .text(let text): ["type": "text", "content": .string(text)]
        case .reasoning(let text): ["type": "reasoning", "content": .string(text)]
        case .toolCall(let call):
            .members([
                "type": "tool_call", "id": .text(call.id), "name": .string(call.name),
                "arguments": call.parsedArguments,
            ])
        case .toolResult(let id, let result):
            .members(["type": "tool_call_response", "id": .text(id), "response": result])
        case .image(let uri, let mediaType):
            .members([
                "type": "uri", "modality": "image", "mime_type": .text(mediaType), "uri": .string(uri),
            ])
        case .other(let type, let members): .dictionary(members.merging(["type": .string(type)]) { $1 })
        }
    }
}

extension ModelCall.ToolCall {
    var honeyHive: AttributeValue {
        .members([
            "id": .text(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments.text)],
        ])
    }

    /// The arguments as values; text that is neither a JSON object nor a list stays text.
    var parsedArguments: AttributeValue {
        guard case .string(let text) = arguments, let first = text.utf8.first(where: { !$0.isSpace }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? AttributeValue(json: Array(text.utf8))
        else { return arguments }
        return value
    }
}

extension ModelCall.Tool {
    var honeyHive: AttributeValue {
        .members(["name": .string(name), "description": .text(description), "parameters": parameters ?? .null])
    }

    var openTelemetry: AttributeValue {
        .members([
            "type": "function", "name": .string(name), "description": .text(description),
            "parameters": parameters ?? .null,
        ])
    }
}

extension ModelCall {
    /// The attributes of the request in OpenTelemetry's conventions, except messages and tools.
    var requestAttributes: [(key: String, value: AttributeValue)] {
        var attributes: [(String, AttributeValue)] = [
            ("gen_ai.operation.name", .string(operation.rawValue)), ("gen_ai.provider.name", .string(provider)),
            ("gen_ai.request.model", .string(model)),
        ]
        for parameter in RequestParameter.all {
            let given = parameter.settings.lazy.compactMap { settings[$0] }.first
            if let value = given.flatMap(parameter.convert) { attributes.append((parameter.key, value)) }
        }
        return attributes
    }
}

/// A parameter of a request that has an attribute in OpenTelemetry's conventions.
private struct RequestParameter: Sendable {
    let key: String
    /// The names of the setting at different providers.
    let settings: [String]
    /// Converts a setting's value to the attribute's type; nil if it is another one.
    let convert: @Sendable (AttributeValue) -> AttributeValue?

    static let all: [RequestParameter] = [
        .init(key: "gen_ai.request.temperature", settings: ["temperature"], convert: double),
        .init(key: "gen_ai.request.top_p", settings: ["top_p"], convert: double),
        .init(key: "gen_ai.request.top_k", settings: ["top_k"], convert: double),
        .init(key: "gen_ai.request.frequency_penalty", settings: ["frequency_penalty"], convert: double),
        .init(key: "gen_ai.request.presence_penalty", settings: ["presence_penalty"], convert: double),
        .init(
            key: "gen_ai.request.max_tokens",
            settings: ["max_tokens", "max_completion_tokens", "max_output_tokens"],
            convert: int
        ),
        .init(key: "gen_ai.request.seed", settings: ["seed"], convert: int),
        // The convention omits the count of one.
        .init(key: "gen_ai.request.choice.count", settings: ["n"]) { $0 == 1 ? Optional.none : int($0) },
        .init(key: "gen_ai.request.stop_sequences", settings: ["stop_sequences", "stop"], convert: texts),
        .init(
            key: "gen_ai.request.encoding_formats",
            settings: ["encoding_formats", "encoding_format"],
            convert: texts
        ),
        .init(key: "gen_ai.request.stream", settings: ["stream"]) { if case .bool = $0 { $0 } else { nil } },
        .init(key: "gen_ai.embeddings.dimension.count", settings: ["dimensions"], convert: int),
        .init(key: "gen_ai.output.type", settings: ["response_format"], convert: outputType),
    ]

    private static func double(_ value: AttributeValue) -> AttributeValue? {
        switch value {
        case .double: value
        case .int(let number): .double(Double(number))
        default: nil
        }
    }

    private static func int(_ value: AttributeValue) -> AttributeValue? {
        switch value {
        case .int: value
        case .double(let number): Int(exactly: number).map { .int($0) }
        default: nil
        }
    }

    private static func texts(_ value: AttributeValue) -> AttributeValue? {
        switch value {
        case .string: .array([value])
        case .array(let elements):
            elements.allSatisfy { if case .string = $0 { true } else { false } } ? .some(value) : .none
        default: nil
        }
    }

    /// Returns the type of output that OpenAI's `response_format` asks for.
    private static func outputType(_ value: AttributeValue) -> AttributeValue? {
        guard case .dictionary(let members) = value, case .string(let type) = members["type"] else { return nil }
        switch type {
        case "text": return "text"
        case "json_object", "json_schema": return "json"
        default: return nil
        }
    }
}

extension ModelResponse {
    /// Returns OpenTelemetry's name of a provider's reason, as an output message has it; an unknown one stays.
    static func finishReason(_ reason: String) -> String {
        switch reason.lowercased() {
        case "stop", "end_turn", "stop_sequence", "complete": "stop"
        case "length", "max_tokens", "max_output_tokens": "length"
        case "content_filter", "content_filtered", "guardrail_intervened", "refusal", "safety": "content_filter"
        case "tool_calls", "tool_call", "tool_use", "function_call": "tool_call"
        case "error": "error"
        default: reason
        }
    }
}

extension AttributeValue {
    /// The value as text: a string as it is, anything else as JSON.
    package var text: String {
        if case .string(let text) = self { return text }
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Returns a string, or null.
    static func text(_ text: String?) -> AttributeValue { text.map { .string($0) } ?? .null }

    /// Returns a dictionary of the members that are not null.
    static func members(_ members: [String: AttributeValue]) -> AttributeValue {
        .dictionary(members.filter { $0.value != .null })
    }

    /// Returns a list as JSON text of limited size, valid JSON in any case.
    ///
    /// Long strings are truncated first; then the oldest elements are left out; then the last one is cut.
    ///
    /// - Parameter maximum: The maximum size, in bytes of UTF-8.
    /// - Returns: The text, and true if more than the ends of strings is missing.
    func listText(maximumUTF8Bytes maximum: Int) -> (text: String, isShortened: Bool) {
        var (value, text, limit) = (self, self.text, maximum / 2)
        while text.utf8.count > maximum, limit >= Self.minimumListedBytes {
            value = truncated(toUTF8Bytes: limit)
            text = value.text
            limit /= 2
        }
        guard text.utf8.count > maximum else { return (text, false) }
        while text.utf8.count > maximum, case .array(let elements) = value, elements.count > 1 {
            value = .array(Array(elements.dropFirst(elements.count / 2)))
            text = value.text
        }
        limit = maximum
        while text.utf8.count > maximum, limit > 0 {
            text = value.cut(to: limit).text
            limit /= 2
        }
        return (text, true)
    }

    /// The size to which the strings of a list may be truncated, in bytes.
    private static let minimumListedBytes = 256
}
