internal import SessionTracing
internal import WireText

/// Assembles a model's turn from the chunks of a stream, or from one whole response
/// (https://platform.openai.com/docs/api-reference/chat-streaming).
///
/// Tolerates what servers of this API differ in: missing or repeated indexes and names of tool calls, arguments as
/// objects, content as null or as a list of parts, reasoning under several names, usage in a chunk of its own or in
/// every chunk, and errors within the stream.
struct ChatTurn {
    /// The maximum number of choices of a response.
    static let maximumChoiceCount = 128
    /// The maximum number of tool calls of a choice.
    static let maximumToolCallCount = 128

    fileprivate struct Choice {
        var text = ""
        var reasoning = ""
        var refusal = ""
        var calls: [Call] = []
        var finishReason: String?
    }

    fileprivate struct Call {
        var index: Int?
        var id = ""
        var name = ""
        var arguments = ""
        var extra: AttributeValue?
    }

    private var id: String?
    private var model: String?
    private var usage: AttributeValue?
    private var choices: [Choice] = []

    /// True if the first token has arrived.
    private(set) var hasBegun = false

    /// True if the model has said that it is done.
    var isFinished: Bool { choices.first?.finishReason != nil }

    /// Adds a chunk or a response.
    ///
    /// - Parameter chunk: The chunk's JSON.
    /// - Returns: The new pieces of the first choice's text and reasoning, in order.
    /// - Throws: ``ModelError`` if the chunk contains an error of the server, or is not of the API.
    mutating func add(_ chunk: [UInt8]) throws(ModelError) -> [ChatPiece] {
        guard let value = try? AttributeValue(json: chunk) else {
            throw ModelError(.malformedResponse, "a chunk is not JSON")
        }
        // Gemini sends an error as a list of one.
        let chunk = value.elements.first ?? value
        if let error = chunk["error"] { throw ModelError(reported: error) }
        guard case .dictionary = chunk else { throw ModelError(.malformedResponse, "a chunk is not a JSON object") }
        id = chunk["id"]?.stringValue.nonEmpty ?? id
        model = chunk["model"]?.stringValue.nonEmpty ?? model
        usage = chunk["usage"] ?? chunk["x_groq"]?["usage"] ?? usage
        var pieces: [ChatPiece] = []
        for (position, choice) in (chunk["choices"]?.elements ?? []).enumerated() {
            // Only the index of several choices in one response matters; some servers count tokens in it.
            let index =
                chunk["choices"]?.elements.count == 1 && choices.count <= 1
                ? 0 : choice["index"]?.intValue ?? position
            try add(choice, at: index, to: &pieces)
        }
        return pieces
    }

    private mutating func add(
        _ choice: AttributeValue,
        at index: Int,
        to pieces: inout [ChatPiece]
    ) throws(ModelError) {
        guard (0..<Self.maximumChoiceCount).contains(index) else {
            throw ModelError(.malformedResponse, "a choice's index is not below \(Self.maximumChoiceCount)")
        }
        while choices.count <= index { choices.append(Choice()) }
        choices[index].finishReason = choice["finish_reason"]?.stringValue.nonEmpty ?? choices[index].finishReason
        guard let delta = choice["delta"] ?? choice["message"] else { return }
        let content = Self.content(of: delta)
        choices[index].reasoning += content.reasoning
        choices[index].text += content.text
        choices[index].refusal += delta["refusal"]?.stringValue ?? ""
        for part in delta["tool_calls"]?.elements ?? [] { try choices[index].add(part) }
        if !content.reasoning.isEmpty || !content.text.isEmpty || delta["tool_calls"]?.elements.isEmpty == false {
            hasBegun = true
        }
        guard index == 0 else { return }
        if !content.reasoning.isEmpty { pieces.append(.reasoning(content.reasoning)) }
        if !content.text.isEmpty { pieces.append(.text(content.text)) }
    }

    /// Returns the text and the reasoning of a message, whose content may be text or a list of parts.
    private static func content(of delta: AttributeValue) -> (text: String, reasoning: String) {
        var text = delta["content"]?.stringValue ?? ""
        var reasoning = delta["reasoning_content"]?.stringValue ?? delta["reasoning"]?.stringValue ?? ""
        for part in delta["content"]?.elements ?? [] {
            text += part["text"]?.stringValue ?? ""
            reasoning += part["thinking"]?.stringValue ?? ""
            for thought in part["thinking"]?.elements ?? [] { reasoning += thought["text"]?.stringValue ?? "" }
        }
        return (text, reasoning)
    }

    // MARK: The result

    /// The turn so far, for the trace.
    ///
    /// A choice without content is left out, together with its finish reason. If no choice has content, all
    /// reasons are kept: they explain the empty response.
    var response: ModelResponse {
        let answers = choices.filter { !$0.isEmpty }
        return ModelResponse(
            id: id,
            model: model,
            choices: answers.map(\.message),
            finishReasons: answers.isEmpty
                ? choices.compactMap(\.finishReason) : Self.finishReasons(of: answers),
            inputTokens: usage?["prompt_tokens"]?.intValue,
            outputTokens: usage?["completion_tokens"]?.intValue,
            cacheReadInputTokens: usage?["prompt_tokens_details"]?["cached_tokens"]?.intValue
                ?? usage?["prompt_cache_hit_tokens"]?.intValue,
            reasoningTokens: usage?["completion_tokens_details"]?["reasoning_tokens"]?.intValue,
            totalTokens: usage?["total_tokens"]?.intValue,
            cost: usage?["cost"]?.doubleValue
        )
    }

    /// Returns the finish reasons by the position of their choices, up to the last one: an empty string for a choice
    /// that has none.
    private static func finishReasons(of choices: [Choice]) -> [String] {
        guard let last = choices.lastIndex(where: { $0.finishReason != nil }) else { return [] }
        return choices[...last].map { $0.finishReason ?? "" }
    }
}

extension ChatTurn.Choice {
    fileprivate var isEmpty: Bool { text.isEmpty && reasoning.isEmpty && refusal.isEmpty && calls.isEmpty }

    fileprivate var message: ModelCall.Message {
        var parts: [ModelCall.Message.Part] = reasoning.isEmpty ? [] : [.reasoning(reasoning)]
        if !text.isEmpty { parts.append(.text(text)) }
        if !refusal.isEmpty { parts.append(.other(type: ChatAnswerParts.refusal, ["content": .string(refusal)])) }
        for (position, call) in calls.enumerated() {
            // A result refers to its call by the id.
            let id = call.id.isEmpty ? "call_\(position)" : call.id
            parts.append(.toolCall(.init(id: id, name: call.name, arguments: .string(call.arguments))))
            if let extra = call.extra { parts.append(ReturnedFields.part(extra, of: id)) }
        }
        return ModelCall.Message(role: "assistant", parts: parts)
    }

    fileprivate mutating func add(_ part: AttributeValue) throws(ModelError) {
        let position = try position(of: part)
        if let id = part["id"]?.stringValue.nonEmpty { calls[position].id = id }
        if let extra = part["extra_content"] { calls[position].extra = extra }
        let function = part["function"]
        if let name = function?["name"]?.stringValue.nonEmpty, name != calls[position].name {
            calls[position].name += name
        }
        switch function?["arguments"] {
        case .string(let text): calls[position].arguments += text
        case .dictionary(let members): calls[position].arguments = AttributeValue.dictionary(members).text
        default: break
        }
    }

    private func hasWholeArguments(_ call: ChatTurn.Call?) -> Bool {
        (try? AttributeValue(json: Array((call?.arguments ?? "").utf8))) != nil
    }

    /// Returns the position of the call that a part belongs to; adds a call for the first part of one.
    ///
    /// The index tells it, unless it is missing, or the same for calls with different ids. Then a part begins a call if
    /// it has another id, or a name and no id; a name that is repeated while the arguments are incomplete begins none.
    private mutating func position(of part: AttributeValue) throws(ModelError) -> Int {
        let index = part["index"]?.intValue
        let id = part["id"]?.stringValue.nonEmpty
        let name = part["function"]?["name"]?.stringValue.nonEmpty
        func isSameCall(_ call: ChatTurn.Call) -> Bool {
            guard let id, !call.id.isEmpty, id != call.id else { return true }
            return name == nil
        }
        let known: Int? =
            if let index {
                calls.lastIndex { $0.index == index }.flatMap { isSameCall(calls[$0]) ? $0 : nil }
            } else if let id {
                calls.lastIndex { $0.id == id }
            } else if name == nil || name == calls.last?.name && !hasWholeArguments(calls.last) {
                calls.indices.last
            } else {
                nil
            }
        if let known { return known }
        guard calls.count < ChatTurn.maximumToolCallCount else {
            throw ModelError(.malformedResponse, "the model called over \(ChatTurn.maximumToolCallCount) tools at once")
        }
        calls.append(ChatTurn.Call(index: index))
        return calls.count - 1
    }
}

/// The types of parts of an answer that have no case of their own.
enum ChatAnswerParts {
    static let refusal = "refusal"
}

extension ModelError {
    /// The maximum length of a server's error message in an error's description, in bytes.
    private static let maximumMessageBytes = 512

    /// The statuses that an error object may state by a name: OpenAI's `code`, Anthropic's `type` and Google's `status`
    /// (https://google.aip.dev/193).
    private static let namedStatuses = [
        "invalid_api_key": 401, "authentication_error": 401, "UNAUTHENTICATED": 401,
        "permission_error": 403, "PERMISSION_DENIED": 403,
    ]

    /// Creates the error of a response with another status than 200.
    init(status: Int, body: [UInt8]) {
        let value = try? AttributeValue(json: body)
        self.init(reported: (value?.elements.first ?? value)?["error"] ?? value, responseStatus: status)
    }

    /// Creates the error of a server's error object.
    ///
    /// - Parameters:
    ///   - error: The error object; nil if the response has none.
    ///   - responseStatus: The status of the response; nil for an object in place of a chunk, after status 200.
    fileprivate init(reported error: AttributeValue?, responseStatus: Int? = nil) {
        let stated = error.flatMap { Self.statedStatus(in: $0) }
        let code: Code =
            Self.isAboutKey(stated) ? .unauthorized : Self.code(ofStatus: responseStatus ?? stated ?? 500)
        // A message about a key may repeat the key.
        let message: String? = code == .unauthorized ? nil : error.map { Self.message($0) }.nonEmpty
        let details: [String?] = [responseStatus.map { "HTTP \($0)" }, message]
        self.init(code, details.compactMap { $0 }.joined(separator: ": "), status: responseStatus ?? stated)
    }

    /// Returns the HTTP status that an error object states; of several ones, one about a key.
    private static func statedStatus(in error: AttributeValue) -> Int? {
        let statuses = ["code", "status", "type"].compactMap { name in error[name].flatMap { errorStatus($0) } }
        return statuses.first { isAboutKey($0) } ?? statuses.first
    }

    /// Returns the HTTP status that a number, its digits or a name states; nil if it is not that of an error.
    private static func errorStatus(_ value: AttributeValue) -> Int? {
        let number: Int? = value.intValue ?? value.stringValue.flatMap { text in Int(text) ?? namedStatuses[text] }
        return number.flatMap { (400..<600).contains($0) ? $0 : nil }
    }

    private static func isAboutKey(_ status: Int?) -> Bool { status == 401 || status == 403 }

    private static func code(ofStatus status: Int) -> Code {
        switch status {
        case 401, 403: .unauthorized
        case 429: .rateLimited
        case 400..<500: .rejected
        default: .serverFailed
        }
    }

    /// Returns the server's message, or its code.
    private static func message(_ error: AttributeValue) -> String {
        let text =
            error.stringValue ?? error["message"]?.stringValue ?? error["type"]?.stringValue
            ?? error["code"]?.stringValue ?? ""
        return text.truncated(toUTF8Bytes: maximumMessageBytes)
    }
}

extension String? {
    /// The text; nil if it is empty.
    var nonEmpty: String? { self.flatMap { $0.isEmpty ? nil : $0 } }
}
