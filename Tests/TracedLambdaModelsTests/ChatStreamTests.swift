import Testing
import TracedLambda
import TracedLambdaModels
import TracedLambdaTesting

@Suite("A model's stream")
struct ChatStreamTests {
    /// Chunks of one server's habits, with what they mean.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let chunks: [String]
        var isDone = true
        var text = ""
        var reasoning = ""
        var calls: [[String]] = []
    }

    private static func delta(_ delta: String, _ finish: String = "null") -> String {
        #"{"id":"x","model":"m-2","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
    }

    private static func call(_ call: String, _ finish: String = "null") -> String {
        delta(#"{"tool_calls":[\#(call)]}"#, finish)
    }

    private static let stop = delta("{}", #""stop""#)

    static let cases: [Case] = [
        Case(
            testDescription: "null content, a role alone, and usage in a chunk without choices",
            chunks: [
                delta(#"{"role":"assistant","content":null}"#), delta(#"{"content":"a"}"#), delta(#"{"content":"b"}"#),
                stop,
                #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
            ],
            text: "ab"
        ),
        Case(
            testDescription: "no [DONE] (some gateways)",
            chunks: [delta(#"{"content":"a"}"#), stop],
            isDone: false,
            text: "a"
        ),
        Case(testDescription: "no finish_reason but [DONE]", chunks: [delta(#"{"content":"a"}"#)], text: "a"),
        Case(
            testDescription: "calls in pieces by index (OpenAI)",
            chunks: [
                call(#"{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}"#),
                call(#"{"index":0,"function":{"arguments":"{\"a\""}}"#),
                call(#"{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}}"#),
                call(#"{"index":0,"id":null,"function":{"name":null,"arguments":":1}"}}"#, #""tool_calls""#),
            ],
            calls: [["c1", "f", #"{"a":1}"#], ["c2", "g", "{}"]]
        ),
        Case(
            testDescription: "calls without an index, with ids (Ollama)",
            chunks: [
                call(#"{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}"#),
                call(#"{"id":"c2","function":{"name":"f","arguments":"{\"a\":2}"}}"#), stop,
            ],
            calls: [["c1", "f", #"{"a":1}"#], ["c2", "f", #"{"a":2}"#]]
        ),
        Case(
            testDescription: "calls without index and id, several at once (Gemini)",
            chunks: [
                call(
                    #"{"id":"","function":{"name":"f","arguments":"{\"a\":1}"}},{"function":{"name":"f","arguments":"{\"a\":2}"}}"#,
                    #""stop""#
                )
            ],
            calls: [["call_0", "f", #"{"a":1}"#], ["call_1", "f", #"{"a":2}"#]]
        ),
        Case(
            testDescription: "an index that is the same for different calls",
            chunks: [
                call(#"{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}"#),
                call(#"{"index":0,"id":"c2","function":{"name":"g","arguments":"{"}}"#),
                call(#"{"index":0,"function":{"arguments":"}"}}"#, #""tool_calls""#),
            ],
            calls: [["c1", "f", "{}"], ["c2", "g", "{}"]]
        ),
        Case(
            testDescription: "a name and an id that are repeated with each piece",
            chunks: [
                call(#"{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}"#),
                call(#"{"index":0,"id":"c1","function":{"name":"f","arguments":"1}"}}"#, #""tool_calls""#),
            ],
            calls: [["c1", "f", #"{"a":1}"#]]
        ),
        Case(
            testDescription: "arguments as an object, and none at all",
            chunks: [
                call(#"{"index":0,"id":"c1","function":{"name":"f","arguments":{"a":1}}}"#),
                call(#"{"index":1,"id":"c2","function":{"name":"g"}}"#, #""tool_calls""#),
            ],
            calls: [["c1", "f", #"{"a":1}"#], ["c2", "g", ""]]
        ),
        Case(
            testDescription: "reasoning under both names",
            chunks: [
                delta(#"{"reasoning_content":"h"}"#), delta(#"{"reasoning":"m"}"#), delta(#"{"content":"a"}"#), stop,
            ],
            text: "a",
            reasoning: "hm"
        ),
        Case(
            testDescription: "content as a list of parts (Mistral)",
            chunks: [
                delta(#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}"#),
                delta(#"{"content":[{"type":"text","text":"a"}]}"#), stop,
            ],
            text: "a",
            reasoning: "hm"
        ),
        Case(
            testDescription: "a finish_reason before the last text, and null members everywhere",
            chunks: [
                delta(#"{"content":"a","tool_calls":null,"refusal":null}"#, #""stop""#), delta(#"{"content":"b"}"#),
                #"{"id":null,"model":null,"choices":null,"usage":null}"#,
            ],
            text: "ab"
        ),
    ]

    @Test("is read as its server means it", arguments: cases)
    func reads(item: Case) async throws {
        let stub = HTTPStub()
        stub.on(.post, "https://model.example/v1/chat/completions", .chunks(item.chunks, done: item.isDone))
        let invocation = await invoke(stub) { context in
            var reasoning = ""
            var calls: [[String]] = []
            let reply = try await model().stream([.user("?")], context: context) { piece in
                switch piece {
                case .reasoning(let text): reasoning += text
                case .toolCall(let call):
                    if case .string(let arguments) = call.arguments {
                        calls.append([call.id ?? "", call.name, arguments])
                    }
                case .text, .toolResult: break
                }
            }
            #expect(reasoning == item.reasoning)
            #expect(calls == item.calls)
            #expect(reply.toolCalls.count == item.calls.count)
            return reply.text
        }
        #expect(try invocation.output(as: String.self) == item.text)
        #expect(invocation.modelSpan?.attributes["honeyhive_metrics.ttft_ms"] != nil)
    }

    @Test("passes on each piece as it arrives, and records the whole")
    func pieces() async throws {
        let stub = HTTPStub()
        stub.onChat(.says("It ", "is ", "42.", inputTokens: 30, outputTokens: 4))
        let invocation = await invoke(stub) { context in
            var pieces: [ChatPiece] = []
            let reply = try await model().stream([.user("?")], context: context) { pieces.append($0) }
            #expect(pieces == [.text("It "), .text("is "), .text("42.")])
            #expect(reply.finishReason == "stop")
            #expect(reply.response.outputTokens == 4)
            return reply.text
        }
        let span = try #require(invocation.modelSpan)
        #expect(span.output("content") == "It is 42.")
        #expect(span.output("finish_reason") == "stop")
        #expect(span.attributes["honeyhive_metadata.total_tokens"] == 34)
        #expect(span.attributes["gen_ai.request.stream"] == true)
    }

    @Test(
        "that breaks off is an error, and its beginning is recorded",
        arguments: [
            HTTPStub.Reply.chunks([delta(#"{"content":"It is"}"#)], done: false),
            .chunks([delta(#"{"content":"It is"}"#)], done: false).failing(.disconnected),
            .chunks([delta(#"{"content":"It is"}"#)], done: false).failing(.timeout),
        ]
    )
    func breaksOff(reply: HTTPStub.Reply) async throws {
        let stub = HTTPStub()
        stub.on("*", reply)
        let invocation = await invoke(stub) { context in
            let error = await #expect(throws: ModelError.self) {
                try await model().stream([.user("?")], context: context) { _ in }
            }
            #expect(error?.code == .incomplete)
            return ""
        }
        let span = try #require(invocation.modelSpan)
        #expect(span.output("content") == "It is")
        #expect(span.errorMessage != nil)
        #expect(stub.requests.count == 1)
    }

    /// Two choices, of which the stream ends one.
    private static func twoChoices(ending index: Int) -> [String] {
        [
            #"{"choices":[{"index":0,"delta":{"content":"It is"}},{"index":1,"delta":{"content":"So"}}]}"#,
            #"{"choices":[{"index":\#(index),"delta":{},"finish_reason":"stop"}]}"#,
        ]
    }

    @Test("that breaks off before the first of two choices has ended records the reason of the second one only")
    func firstChoiceCut() async throws {
        let stub = HTTPStub()
        stub.on("*", .chunks(Self.twoChoices(ending: 1), done: false))
        let invocation = await invoke(stub) { context in
            let error = await #expect(throws: ModelError.self) {
                try await model(settings: ["n": 2]).stream([.user("?")], context: context) { _ in }
            }
            #expect(error?.code == .incomplete)
            return ""
        }
        let span = try #require(invocation.modelSpan)
        #expect(span.output("content") == "It is")
        #expect(span.output("finish_reason") == nil)
        #expect(span.output("choices.0.finish_reason") == nil)
        #expect(span.output("choices.1.finish_reason") == "stop")
        let reasons: AttributeValue = ["", "stop"]
        #expect(span.attributes["gen_ai.response.finish_reasons"] == reasons)
        let messages = """
            [{"parts":[{"content":"It is","type":"text"}],"role":"assistant"},\
            {"finish_reason":"stop","parts":[{"content":"So","type":"text"}],"role":"assistant"}]
            """
        #expect(span.attributes["gen_ai.output.messages"] == .string(messages))
    }

    @Test("with two choices gives a reason to the one that has ended", arguments: [0, 1])
    func oneChoiceEnded(index: Int) async throws {
        let stub = HTTPStub()
        stub.on("*", .chunks(Self.twoChoices(ending: index)))
        let invocation = await invoke(stub) { context in
            let reply = try await model(settings: ["n": 2]).stream([.user("?")], context: context) { _ in }
            #expect(reply.finishReason == (index == 0 ? "stop" : nil))
            #expect(reply.response.finishReasons == (index == 0 ? ["stop"] : ["", "stop"]))
            return reply.text
        }
        let span = try #require(invocation.modelSpan)
        #expect(span.output("choices.\(index).finish_reason") == "stop")
        #expect(span.output("choices.\(1 - index).finish_reason") == nil)
    }

    @Test("without any finish reason records none")
    func noReason() async throws {
        let stub = HTTPStub()
        stub.on("*", .chunks([Self.delta(#"{"content":"a"}"#)]))
        let invocation = await invoke(stub) { context in
            let reply = try await model().stream([.user("?")], context: context) { _ in }
            #expect(reply.finishReason == nil)
            #expect(reply.response.finishReasons.isEmpty)
            return reply.text
        }
        let span = try #require(invocation.modelSpan)
        #expect(span.output("finish_reason") == nil)
        #expect(span.attributes["gen_ai.response.finish_reasons"] == nil)
    }

    @Test("with an error in it is the server's error")
    func errorInStream() async {
        for (chunk, code, detail) in [
            (#"{"error":{"message":"overloaded","code":503}}"#, ModelError.Code.serverFailed, "overloaded"),
            (#"{"error":"overloaded"}"#, .serverFailed, "overloaded"),
            (#"[{"error":{"message":"quota","code":429}}]"#, .rateLimited, "quota"),
            ("no JSON", .malformedResponse, ""),
            ("[]", .malformedResponse, ""),
        ] {
            let stub = HTTPStub()
            stub.on("*", .chunks([Self.delta(#"{"content":"a"}"#), chunk]))
            _ = await invoke(stub) { context in
                let error = await #expect(throws: ModelError.self) {
                    try await model().stream([.user("?")], context: context) { _ in }
                }
                #expect(error?.code == code)
                #expect(error?.detail.contains(detail) == true || detail.isEmpty)
                return ""
            }
        }
    }

    @Test(
        "with an error about the key does not repeat the server's message, nor does a document in place of a stream",
        arguments: [
            (#"{"error":{"code":401,"message":"Incorrect key: my-plain-key"}}"#, 401),
            (#"{"error":{"code":"403","message":"Incorrect key: my-plain-key"}}"#, 403),
            (#"{"error":{"status":401,"message":"Incorrect key: my-plain-key"}}"#, 401),
            (#"{"error":{"code":1000,"status":401,"message":"Incorrect key: my-plain-key"}}"#, 401),
            (
                #"{"error":{"type":"invalid_request_error","code":"invalid_api_key","message":"Not my-plain-key"}}"#,
                401
            ),
            (#"{"error":{"code":500,"type":"authentication_error","message":"Not my-plain-key"}}"#, 401),
            (#"{"type":"error","error":{"type":"permission_error","message":"Not my-plain-key"}}"#, 403),
            (#"[{"error":{"code":403,"status":"PERMISSION_DENIED","message":"Not my-plain-key"}}]"#, 403),
        ]
    )
    func errorAboutKey(body: String, status: Int) async throws {
        for reply in [HTTPStub.Reply.chunks([body]), .text(body, headers: ["Content-Type": "application/json"])] {
            let stub = HTTPStub()
            stub.on("*", reply)
            let invocation = await invoke(stub) { context in
                let error = await #expect(throws: ModelError.self) {
                    try await model(key: .text("my-plain-key")).stream([.user("?")], context: context) { _ in }
                }
                #expect(error?.code == .unauthorized)
                #expect(error?.status == status)
                #expect(error?.description.contains("my-plain-key") == false)
                return ""
            }
            let span = try #require(invocation.modelSpan)
            #expect(span.errorMessage?.contains("my-plain-key") == false)
        }
    }

    @Test("ends with the error of its receiver, and records what had arrived")
    func receiverFails() async throws {
        struct Closed: Error {}
        let stub = HTTPStub()
        stub.onChat(.says("It ", "is"))
        let invocation = await invoke(stub) { context in
            await #expect(throws: Closed.self) {
                try await model().stream([.user("?")], context: context) { _ in throw Closed() }
            }
            return ""
        }
        #expect(invocation.modelSpan?.output("content") == "It ")
        #expect(invocation.modelSpan?.errorMessage?.hasPrefix("Closed") == true)
    }

    @Test("Over 128 tool calls or choices are refused")
    func limits() async {
        let calls = (0...128).map { Self.call(#"{"index":\#($0),"id":"c\#($0)","function":{"name":"f"}}"#) }
        let choice = #"{"choices":[{"index":0,"delta":{}},{"index":128,"delta":{}}]}"#
        for chunks in [calls, [choice], [#"{"choices":[{"index":0,"delta":{}},{"index":-1,"delta":{}}]}"#]] {
            let stub = HTTPStub()
            stub.on("*", .chunks(chunks))
            _ = await invoke(stub) { context in
                let error = await #expect(throws: ModelError.self) {
                    try await model().stream([.user("?")], context: context) { _ in }
                }
                #expect(error?.code == .malformedResponse)
                return ""
            }
        }
    }
}
