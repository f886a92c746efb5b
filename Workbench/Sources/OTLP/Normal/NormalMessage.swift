/// A message of a conversation, independent of the dialect that it arrived in.
package struct NormalMessage: Sendable, Hashable {
    /// The side of the model call.
    package enum Direction: String, Sendable {
        /// Sent to the model.
        case `in`
        /// Sent by the model.
        case out
    }

    package var direction: Direction
    /// `system`, `user`, `assistant`, `tool`, or the sender's own word.
    package var role: String
    /// The name of the author; `nil` when there is none.
    package var name: String?
    package var parts: [NormalPart]
    /// The reason why the model stopped; `nil` when the sender gives none.
    package var finishReason: String?
}

/// A part of a message.
package enum NormalPart: Sendable, Hashable {
    case text(String)
    /// The model's reasoning.
    case reasoning(String)
    /// A request to call a tool; arguments that are JSON are parsed.
    case toolCall(id: String?, name: String, arguments: JSONValue)
    /// The result of a tool call.
    case toolResult(id: String?, name: String?, result: JSONValue, isError: Bool)
    /// An image, a sound, a file: its kind, media type and address or size. The content itself is in the attributes.
    case media(kind: String, mediaType: String?, location: String)
    /// A part that is not understood, unchanged.
    case other(type: String, value: JSONValue)
}

extension NormalMessage {
    /// The message in the workbench's own JSON.
    package var json: JSONValue {
        var object: JSONObject = [
            "direction": .string(direction.rawValue), "role": .string(role), "parts": .array(parts.map(\.json)),
        ]
        if let name { object["name"] = .string(name) }
        if let finishReason { object["finishReason"] = .string(finishReason) }
        return .object(object)
    }

    /// The message as text on one line, for lists.
    package var line: String {
        parts.map(\.line).filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension NormalPart {
    fileprivate var json: JSONValue {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .reasoning(let text): ["type": "reasoning", "text": .string(text)]
        case .toolCall(let id, let name, let arguments):
            ["type": "tool_call", "id": optional(id), "name": .string(name), "arguments": arguments]
        case .toolResult(let id, let name, let result, let isError):
            [
                "type": "tool_result", "id": optional(id), "name": optional(name), "result": result,
                "isError": .bool(isError),
            ]
        case .media(let kind, let mediaType, let location):
            [
                "type": "media", "kind": .string(kind), "mediaType": optional(mediaType),
                "location": .string(location),
            ]
        case .other(let type, let value): ["type": "other", "name": .string(type), "value": value]
        }
    }

    private func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    fileprivate var line: String {
        switch self {
        case .text(let text): text
        case .reasoning(let text): "(reasoning) \(text)"
        case .toolCall(_, let name, let arguments): "calls \(name) \(arguments.plainText)"
        case .toolResult(_, let name, let result, let isError):
            "\(isError ? "error" : "result")\(name.map { " of \($0)" } ?? "") \(result.plainText)"
        case .media(let kind, let mediaType, let location):
            "[\([kind, mediaType ?? "", location].filter { !$0.isEmpty }.joined(separator: ", "))]"
        case .other(let type, let value): "[\(type)] \(value.plainText)"
        }
    }
}
