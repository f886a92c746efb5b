internal import TracedLambda
internal import WireText

/// A turn of a model in a test; see ``HTTPStub/onChat(at:_:)-(_,[ScriptedTurn])``.
public struct ScriptedTurn: Sendable {
    private var texts: [String] = []
    private var calls: [(name: String, arguments: String)] = []
    private var inputTokens: Int?
    private var outputTokens: Int?
    private var status = 200
    private var breaksOff = false

    private init() {}

    /// Text, each piece in a chunk of its own if the handler asks for a stream.
    ///
    /// - Parameters:
    ///   - pieces: The pieces of the text.
    ///   - inputTokens: The tokens of the request.
    ///   - outputTokens: The tokens of the text.
    /// - Returns: The turn.
    public static func says(_ pieces: String..., inputTokens: Int = 10, outputTokens: Int = 5) -> ScriptedTurn {
        var turn = ScriptedTurn()
        turn.texts = pieces
        turn.inputTokens = inputTokens
        turn.outputTokens = outputTokens
        return turn
    }

    /// A call of a tool, with its arguments in two chunks if the handler asks for a stream.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - arguments: The arguments, as the model writes them.
    /// - Returns: The turn.
    public static func calls(_ name: String, _ arguments: String = "{}") -> ScriptedTurn {
        ScriptedTurn().calling(name, arguments)
    }

    /// An error of the model's server.
    ///
    /// - Parameter status: The status of the response.
    /// - Returns: The turn.
    public static func fails(status: Int) -> ScriptedTurn {
        var turn = ScriptedTurn()
        turn.status = status
        return turn
    }

    /// The same turn with a further call of a tool.
    ///
    /// - Parameters:
    ///   - name: The tool's name.
    ///   - arguments: The arguments, as the model writes them.
    /// - Returns: The turn.
    public func calling(_ name: String, _ arguments: String = "{}") -> ScriptedTurn {
        var turn = self
        turn.calls.append((name, arguments))
        return turn
    }

    /// The same turn, which breaks off before its end.
    ///
    /// - Returns: The turn.
    public func breakingOff() -> ScriptedTurn {
        var turn = self
        turn.breaksOff = true
        return turn
    }

    fileprivate func reply(isStreamed: Bool) -> HTTPStub.Reply {
        guard status == 200 else {
            return .json(["error": ["message": "scripted failure"]], status: status)
        }
        guard isStreamed else {
            let reply = HTTPStub.Reply.json(document)
            return breaksOff ? reply.failing(.disconnected) : reply
        }
        let chunks = chunks + (breaksOff ? [] : [finish, usage])
        let reply = HTTPStub.Reply.events(
            chunks.map { ServerSentEvent(data: $0.json) } + (breaksOff ? [] : [ServerSentEvent(data: "[DONE]")])
        )
        return breaksOff ? reply.failing(.disconnected) : reply
    }

    private var finishReason: AttributeValue { calls.isEmpty ? "stop" : "tool_calls" }

    /// The response without a stream.
    private var document: AttributeValue {
        var message: [String: AttributeValue] = ["role": "assistant", "content": .null]
        if !texts.isEmpty { message["content"] = .string(texts.joined()) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(calls.indices.map { Self.call($0, calls[$0].name, calls[$0].arguments) })
        }
        return envelope([["index": 0, "message": .dictionary(message), "finish_reason": finishReason]])
    }

    private var chunks: [AttributeValue] {
        let texts = texts.map { delta(["content": .string($0)]) }
        return texts
            + calls.enumerated().flatMap { index, call in
                let half = call.arguments.index(call.arguments.startIndex, offsetBy: call.arguments.count / 2)
                let first = Self.call(index, call.name, String(call.arguments[..<half]))
                let rest: AttributeValue = [
                    "index": .int(index), "function": ["arguments": .string(String(call.arguments[half...]))],
                ]
                return [delta(["tool_calls": .array([first])]), delta(["tool_calls": .array([rest])])]
            }
    }

    private static func call(_ index: Int, _ name: String, _ arguments: String) -> AttributeValue {
        [
            "index": .int(index), "id": "call_\(index + 1)", "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    private var finish: AttributeValue {
        ["choices": [["index": 0, "delta": [:], "finish_reason": finishReason]]]
    }

    private var usage: AttributeValue { envelope([]) }

    private func delta(_ members: [String: AttributeValue]) -> AttributeValue {
        ["id": "scripted", "choices": [["index": 0, "delta": .dictionary(members)]]]
    }

    private func envelope(_ choices: AttributeValue) -> AttributeValue {
        var members: [String: AttributeValue] = ["id": "scripted", "choices": choices]
        if let inputTokens, let outputTokens {
            members["usage"] = [
                "prompt_tokens": .int(inputTokens), "completion_tokens": .int(outputTokens),
                "total_tokens": .int(inputTokens + outputTokens),
            ]
        }
        return .dictionary(members)
    }
}

extension HTTPStub {
    /// Stands in for a model's server with the chat-completions API.
    ///
    /// ```swift
    /// let stub = HTTPStub()
    /// stub.onChat(.calls("clock"), .says("It is ", "noon."))
    /// ```
    ///
    /// The requests are among ``requests``.
    ///
    /// - Parameters:
    ///   - url: The base URL of the API; nil for any.
    ///   - turns: The turns, one for each request; the last one is used for all further ones.
    public func onChat(at url: String? = nil, _ turns: ScriptedTurn...) { onChat(at: url, turns) }

    /// Stands in for a model's server, with a list of turns.
    ///
    /// - Parameters:
    ///   - url: The base URL of the API; nil for any.
    ///   - turns: The turns, as above.
    public func onChat(at url: String? = nil, _ turns: [ScriptedTurn]) {
        let counter = Counter()
        on((url ?? "*") + "/chat/completions") { request in
            let number = Int(counter.next())
            guard let turn = number <= turns.count ? turns[number - 1] : turns.last else { return .failure(.failed) }
            let body = try? AttributeValue(json: request.body)
            guard case .dictionary(let members) = body else { return .text("no JSON", status: 400) }
            return turn.reply(isStreamed: members["stream"] == true)
        }
    }
}

extension AttributeValue {
    fileprivate var json: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
