/// Reads messages in the JSON forms of all dialects: OpenAI's chat and responses, Anthropic's blocks, Bedrock's and
/// Gemini's parts, OpenTelemetry's parts, OpenInference's flattened lists, LangChain's and Vercel's messages.
///
/// Nothing is left out: a member or part that is not understood is kept as it is.
struct MessageReader {
    /// The limit of messages in a conversation; further ones are counted in the last message.
    static let messageLimitCount = 1_000

    let direction: NormalMessage.Direction
    /// The role of a message that names none.
    let role: String

    init(_ direction: NormalMessage.Direction) {
        self.direction = direction
        role = direction == .in ? "user" : "assistant"
    }

    /// Reads a list whose elements are messages by definition.
    func list(_ value: JSONValue?) -> [NormalMessage] {
        guard let value = value?.opened, value.hasContent else { return [] }
        let elements = value.elements ?? [value]
        var messages: [NormalMessage] = []
        for element in elements.prefix(Self.messageLimitCount) {
            // LangChain sends a list of conversations.
            if let inner = element.elements {
                messages += inner.map(message)
            } else {
                messages.append(message(element))
            }
        }
        let rest = elements.count - Self.messageLimitCount
        if rest > 0 { messages.append(text("… \(rest) more messages", role: "other")) }
        return messages
    }

    /// Reads the messages of a value that may be something else, such as the body of a model's API.
    ///
    /// `allowsText`: True if a plain text is a message.
    func messages(in value: JSONValue?, allowsText: Bool = false) -> [NormalMessage] {
        guard let value = value?.opened, value.hasContent else { return [] }
        switch value {
        case .string(let content): return allowsText ? [text(content)] : []
        case .array(let elements):
            let isList = elements.contains { isMessage($0) || $0.elements?.contains(where: isMessage) == true }
            return isList ? list(value) : []
        case .object(let object): return messages(of: object, allowsText: allowsText)
        default: return []
        }
    }

    func text(_ text: String, role: String? = nil) -> NormalMessage {
        NormalMessage(direction: direction, role: role ?? self.role, parts: [.text(text)])
    }

    /// A message of parts, such as instructions.
    func parts(_ value: JSONValue, role: String) -> NormalMessage {
        NormalMessage(direction: direction, role: role, parts: PartReader.parts(value.opened))
    }
}

// MARK: - Bodies

extension MessageReader {
    private static let instructionNames = ["system", "systemInstruction", "system_instruction", "instructions"]

    private func messages(of object: JSONObject, allowsText: Bool) -> [NormalMessage] {
        if isMessage(.object(object)) { return [message(.object(object))] }
        let found = direction == .in ? inputs(of: object, allowsText) : outputs(of: object, allowsText)
        guard direction == .in, !found.isEmpty, let system = object.first(Self.instructionNames) else { return found }
        let content = system.opened.object.flatMap { $0.first(["parts", "content"]) } ?? system
        return [parts(content, role: "system")] + found
    }

    private func inputs(of object: JSONObject, _ allowsText: Bool) -> [NormalMessage] {
        for name in ["messages", "chat_history", "contents", "input", "prompt"] {
            let found = messages(in: object[name], allowsText: allowsText && ["input", "prompt"].contains(name))
            if !found.isEmpty { return found }
        }
        return []
    }

    private func outputs(of object: JSONObject, _ allowsText: Bool) -> [NormalMessage] {
        for name in ["choices", "candidates", "generations"] {
            let elements = object[name]?.elements ?? []
            if elements.contains(where: { $0.object != nil || $0.elements != nil }) { return list(object[name]) }
        }
        for name in ["messages", "message", "output", "response"] {
            let found = messages(in: object[name])
            if !found.isEmpty { return found }
        }
        return []
    }

    /// Tests for a message: it has a role, or a type that only messages have.
    private func isMessage(_ value: JSONValue) -> Bool {
        guard let object = value.opened.object else { return false }
        if object["role"]?.string != nil {
            return object.members.contains { Self.contentNames.contains($0.name) || Self.callNames.contains($0.name) }
        }
        if object["message"]?.opened.object?["role"] != nil { return true }
        guard let type = object["type"]?.string else { return Self.constructorRole(object) != nil }
        if type == "constructor" { return Self.constructorRole(object) != nil }
        if Self.itemTypes.contains(type) { return true }
        return Self.roles[type.lowercased()] != nil && (object["content"] != nil || object["data"] != nil)
    }
}

// MARK: - One message

extension MessageReader {
    private static let contentNames = ["content", "contents", "parts", "text"]
    private static let callNames = ["tool_calls", "toolCalls", "function_call", "tool_invocations", "toolInvocations"]
    private static let reasoningNames = ["reasoning_content", "reasoning", "thinking"]
    /// Types of the items of OpenAI's responses, which are messages or parts of the assistant's.
    private static let itemTypes = ["function_call", "function_call_output"]
    /// Other words for the roles.
    private static let roles = [
        "human": "user", "ai": "assistant", "aimessagechunk": "assistant", "model": "assistant", "function": "tool",
        "humanmessage": "user", "aimessage": "assistant", "systemmessage": "system", "toolmessage": "tool",
        "user": "user", "assistant": "assistant", "system": "system", "tool": "tool", "developer": "developer",
    ]
    /// Members that describe the transfer of a message and not its content.
    private static let ignoredNames: Set<String> = [
        "id", "index", "type", "object", "model", "usage", "created", "created_at", "stop_sequence", "status", "lc",
        "response_metadata", "usage_metadata", "additional_kwargs", "example", "isError", "generation_info",
    ]

    func message(_ value: JSONValue) -> NormalMessage {
        guard let given = value.opened.object else {
            return NormalMessage(direction: direction, role: role, parts: PartReader.parts(value))
        }
        if let type = given["type"]?.string, Self.isItem(given, type) {
            let role = type == "function_call_output" ? "tool" : "assistant"
            return NormalMessage(direction: direction, role: role, parts: [PartReader.part(value)])
        }
        var fields = RemainingMembers(Self.unwrapped(given))
        let role = roleOf(&fields, given)
        let isTool = role == "tool"
        var parts = Self.reasoningNames.compactMap { name -> NormalPart? in
            guard case .string(let text)? = fields.peek(name), !text.isEmpty else { return nil }
            _ = fields.take([name])
            return .reasoning(text)
        }
        let callID = fields.take(["tool_call_id", "toolCallId", "tool_use_id"] + (isTool ? ["id"] : []))?.plainText
        let name = fields.take(["name", "tool_name"])?.plainText
        let isError = fields.take(["is_error"])?.bool ?? false
        for contentName in Self.contentNames {
            if let content = fields.take([contentName]) { parts += PartReader.parts(content) }
        }
        parts += calls(&fields)
        if isTool { parts = PartReader.asResult(parts, id: callID, name: name, isError: isError) }
        let reason = fields.take(["finish_reason", "finishReason", "stop_reason"])?.plainText
        parts += fields.rest(except: Self.ignoredNames)
        return NormalMessage(direction: direction, role: role, name: name, parts: parts, finishReason: reason)
    }

    /// Tests for a part that stands in the place of a message, as in the list of OpenAI's responses.
    private static func isItem(_ object: JSONObject, _ type: String) -> Bool {
        if itemTypes.contains(type) { return true }
        let isMessage = ["message", "constructor", "choice"].contains(type) || roles[type.lowercased()] != nil
        return !isMessage && ["role", "message", "data", "kwargs"].allSatisfy { object[$0] == nil }
    }

    private func roleOf(_ fields: inout RemainingMembers, _ given: JSONObject) -> String {
        if let role = fields.take(["role"])?.string, !role.isEmpty { return Self.roles[role.lowercased()] ?? role }
        if let type = fields.peek("type")?.string, let role = Self.roles[type.lowercased()] { return role }
        if let role = Self.constructorRole(given) { return role }
        // Some versions of Traceloop write the text under the role's name.
        for (name, role) in [("user", "user"), ("assistant", "assistant"), ("system", "system")] {
            if let text = fields.take([name]) {
                fields.put("content", text)
                return role
            }
        }
        return role
    }

    private func calls(_ fields: inout RemainingMembers) -> [NormalPart] {
        var calls: [NormalPart] = []
        for name in Self.callNames {
            guard let value = fields.take([name])?.opened else { continue }
            calls += (name == "function_call" ? [value] : value.elements ?? [value]).map(PartReader.call)
        }
        if let name = fields.take(["function_call_name"]) {
            let arguments = fields.take(["function_call_arguments_json"])?.opened ?? .null
            calls.append(.toolCall(id: nil, name: name.plainText, arguments: arguments))
        }
        return calls
    }

    /// The message within a choice, a candidate, or an object of LangChain or OpenInference, with the choice's reason.
    private static func unwrapped(_ object: JSONObject) -> JSONObject {
        for name in ["message", "delta", "kwargs", "data"] {
            guard var inner = object[name]?.opened.object else { continue }
            for outer in object.members where !["index", name, "id", "lc", "text"].contains(outer.name) {
                if inner[outer.name] == nil { inner[outer.name] = outer.value }
            }
            return unwrapped(inner)
        }
        // Gemini's candidate has a content with a role.
        if object["role"] == nil, let content = object["content"]?.opened.object, content["parts"] != nil {
            var inner = content
            if let reason = object["finishReason"] { inner["finishReason"] = reason }
            return inner
        }
        return object
    }

    /// The role of a message that LangChain has serialised: `{"lc": 1, "id": ["langchain", …, "HumanMessage"], …}`.
    private static func constructorRole(_ object: JSONObject) -> String? {
        guard let name = object["id"]?.array?.last?.string else { return nil }
        return roles[name.lowercased().replacing("chunk", with: "")]
    }
}

/// The members of an object that have not been read yet.
struct RemainingMembers {
    private var object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    func peek(_ name: String) -> JSONValue? { object[name] }

    /// Removes members and returns the first that has a content.
    mutating func take(_ names: [String]) -> JSONValue? {
        let found = object.first(names)
        for name in names { object[name] = nil }
        return found
    }

    mutating func put(_ name: String, _ value: JSONValue) { object[name] = value }

    /// The members that nobody has read, as a part.
    func rest(except ignored: Set<String>) -> [NormalPart] {
        let rest = object.members.filter { $0.value.hasContent && !ignored.contains($0.name) }
        return rest.isEmpty ? [] : [.other(type: "fields", value: .object(JSONObject(rest)))]
    }
}
