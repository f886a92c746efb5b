/// Reads the parts of a message in the forms of all dialects.
enum PartReader {
    private static let textTypes: Set<String> = ["text", "input_text", "output_text", "summary_text", "refusal"]
    private static let callTypes: Set<String> = [
        "tool_call", "tool_use", "function_call", "function", "server_tool_call", "server_tool_use", "mcp_tool_use",
    ]
    private static let resultTypes: Set<String> = [
        "tool_call_response", "tool_result", "function_call_output", "server_tool_call_response",
    ]
    private static let mediaTypes: Set<String> = [
        "blob", "file", "uri", "image", "image_url", "input_image", "input_audio", "audio", "video", "document",
        "input_file", "media",
    ]
    /// Members that identify a part without a type, as in Bedrock's and Gemini's interfaces.
    private static let untypedNames: [String] = [
        "text", "toolUse", "toolResult", "functionCall", "functionResponse", "inlineData", "fileData", "image",
        "document", "video", "reasoningContent", "inline_data", "function_call", "function_response",
    ]

    /// The parts of a message's content.
    static func parts(_ content: JSONValue) -> [NormalPart] {
        switch content {
        case .null: return []
        case .string(let text):
            guard let elements = content.opened.array, !elements.isEmpty, elements.allSatisfy(isPart) else {
                return text.isEmpty ? [] : [.text(text)]
            }
            return elements.map(part)
        case .array, .object: return (content.elements ?? [content]).map(part)
        case .bool, .number: return [.text(content.text)]
        }
    }

    private static func isPart(_ value: JSONValue) -> Bool {
        guard let object = value.object else { return false }
        return object["type"]?.string != nil || untypedNames.contains { object[$0] != nil }
    }

    static func part(_ value: JSONValue) -> NormalPart {
        guard let given = value.opened.object else { return .text(value.plainText) }
        let object = given["message_content"]?.opened.object ?? given
        guard let type = object["type"]?.string?.replacing("-", with: "_").lowercased() else { return untyped(object) }
        let known: NormalPart? =
            switch type {
            case _ where textTypes.contains(type):
                object.first(["text", "content", "refusal"]).map { .text($0.plainText) }
            case "reasoning", "thinking": reasoning(object)
            case _ where callTypes.contains(type): callPart(object)
            case _ where resultTypes.contains(type) || type.hasSuffix("_tool_result"): result(object)
            case _ where mediaTypes.contains(type): media(object, type: type)
            default: nil
            }
        return known ?? .other(type: type, value: .object(object))
    }

    private static func untyped(_ object: JSONObject) -> NormalPart {
        if let text = object["text"]?.string { return .text(text) }
        if let call = object.first(["toolUse", "functionCall", "function_call"])?.object, let part = callPart(call) {
            return part
        }
        if let answer = object.first(["toolResult", "functionResponse", "function_response"])?.object {
            return result(answer)
        }
        if let inner = object["reasoningContent"]?.object, let part = reasoning(inner) { return part }
        for name in ["inlineData", "inline_data", "fileData", "image", "document", "video"] {
            guard let inner = object[name]?.object else { continue }
            return media(inner, type: name.hasPrefix("inline") || name == "fileData" ? "file" : name)
                ?? .other(type: name, value: .object(object))
        }
        if let content = object["content"]?.string, object.members.count == 1 { return .text(content) }
        return .other(type: "part", value: .object(object))
    }

    private static func reasoning(_ object: JSONObject) -> NormalPart? {
        let value = object.first(["content", "text", "thinking", "reasoningText", "summary"])
        let texts = (value?.elements ?? value.map { [$0] } ?? []).map { $0.object?["text"]?.plainText ?? $0.plainText }
        return texts.isEmpty ? nil : .reasoning(texts.joined(separator: "\n\n"))
    }
}

// MARK: - Tools

extension PartReader {
    private static let callIDNames = ["id", "toolCallId", "call_id", "tool_call_id", "toolUseId", "callId"]
    private static let argumentNames = ["arguments", "input", "args", "server_tool_call", "parameters"]

    /// A tool call in a list of calls.
    static func call(_ value: JSONValue) -> NormalPart {
        guard let given = value.opened.object else { return .other(type: "tool_call", value: value) }
        let object = given["tool_call"]?.opened.object ?? given
        return callPart(object) ?? .other(type: "tool_call", value: .object(object))
    }

    private static func callPart(_ object: JSONObject) -> NormalPart? {
        let function = object["function"]?.opened.object
        guard let name = (function ?? object).first(["name", "toolName", "tool_name"]) ?? object["function"]?.nonObject
        else { return nil }
        let id = object.first(callIDNames)?.plainText
        let arguments = (function ?? object).first(argumentNames) ?? object.first(argumentNames)
        return .toolCall(id: id, name: name.plainText, arguments: arguments?.opened ?? .null)
    }

    private static func result(_ object: JSONObject) -> NormalPart {
        let names = ["response", "result", "output", "content", "server_tool_call_response"]
        let value = object.first(names) ?? .null
        return .toolResult(
            id: object.first(["tool_use_id"] + callIDNames)?.plainText,
            name: object.first(["name", "toolName"])?.plainText,
            result: flattened(value),
            isError: object["is_error"]?.bool ?? object["isError"]?.bool ?? (object["status"]?.string == "error")
        )
    }

    /// The text of a result that consists of texts only; any other result unchanged.
    private static func flattened(_ value: JSONValue) -> JSONValue {
        let value = value.opened
        guard let elements = value.array, !elements.isEmpty else { return value }
        let texts = elements.compactMap { element -> String? in
            if case .text(let text) = part(element), element.object != nil { text } else { nil }
        }
        return texts.count == elements.count ? JSONValue.string(texts.joined(separator: "\n")).opened : value
    }

    /// The parts of a tool's message as results: its texts are the result.
    static func asResult(_ parts: [NormalPart], id: String?, name: String?, isError: Bool) -> [NormalPart] {
        parts.map { part in
            guard case .text(let text) = part else { return part }
            return .toolResult(id: id, name: name, result: JSONValue.string(text).opened, isError: isError)
        }
    }
}

// MARK: - Media

extension PartReader {
    private static let addressNames = ["uri", "url", "file_id", "fileUri", "file_uri", "image_url", "image"]

    private static func media(_ object: JSONObject, type: String) -> NormalPart? {
        let inner =
            object.first(["source", "image_url", "image", "input_audio", "file", "file_data"])?.object ?? object
        let names = ["mime_type", "mimeType", "media_type", "mediaType", "format"]
        let mediaType = (object.first(names) ?? inner.first(names))?.string
        let kind = object["modality"]?.string ?? type.replacing("input_", with: "").replacing("_url", with: "")
        if let address = address(in: object) ?? address(in: inner) {
            guard address.hasPrefix("data:") else { return .media(kind: kind, mediaType: mediaType, location: address) }
            let head = address.dropFirst("data:".count).prefix { $0 != ";" && $0 != "," }
            return .media(kind: kind, mediaType: mediaType ?? String(head), location: size(ofBase64: address))
        }
        guard let data = object.first(["content", "data", "bytes"]) ?? inner.first(["data", "bytes", "content"]),
            let text = data.string
        else { return nil }
        return .media(kind: kind, mediaType: mediaType, location: size(ofBase64: text))
    }

    private static func address(in object: JSONObject) -> String? {
        for name in addressNames {
            if let text = object[name]?.string { return text }
            if let text = object[name]?.object?["url"]?.string { return text }
        }
        return nil
    }

    private static func size(ofBase64 text: String) -> String {
        let digits =
            text.utf8.count - (text.hasPrefix("data:") ? text.utf8.prefix { $0 != UInt8(ascii: ",") }.count + 1 : 0)
        return "\(max(0, digits) * 3 / 4) bytes"
    }
}

extension JSONValue {
    /// The value unless it is an object.
    fileprivate var nonObject: JSONValue? { object == nil ? self : nil }
}
