import FoundationEssentials
import Testing
import TracedLambda
import TracedLambdaTesting

@testable import AgentAPI

@Suite("AgentAPI")
struct AgentAPITests {
    private static let session = "11111111-2222-4333-8444-000000000001"
    private static let answer = [
        #"{"id": "c2", "model": "test-model-1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}"#,
        #"{"choices": [{"index": 0, "delta": {"content": "It is "}}]}"#,
        #"{"choices": [{"index": 0, "delta": {"content": "42."}, "finish_reason": "stop"}]}"#,
        #"{"choices": [], "usage": {"prompt_tokens": 30, "completion_tokens": 4}}"#,
    ]

    /// Returns a turn that calls a tool, with its arguments in two chunks.
    private static func call(_ name: String, _ arguments: String) -> [String] {
        let half = arguments.count / 2
        return [
            chunk(#"{"index": 0, "id": "t1", "function": {"name": "\#(name)", "arguments": ""}}"#),
            chunk(#"{"index": 0, "function": {"arguments": "\#(escaped(arguments.prefix(half)))"}}"#),
            chunk(#"{"index": 0, "function": {"arguments": "\#(escaped(arguments.dropFirst(half)))"}}"#),
            #"{"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}"#,
        ]
    }

    private static func chunk(_ call: String) -> String {
        #"{"choices": [{"index": 0, "delta": {"tool_calls": [\#(call)]}}]}"#
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        String(text).replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#)
    }

    private static let product = #"{"left": 6, "operation": "*", "right": 7}"#
    private static let sum = call("calculator", product)

    private static func ask(
        _ body: String,
        of handler: AgentAPI,
        method: String = "POST",
        headers: NamedValues = [:],
        clock: TestClock = TestClock()
    ) async -> TestStream {
        let request = TestRequest(method, headers: headers, body: Array(body.utf8))
        return await StreamingLambdaTester(handler, clock: clock).stream(.functionURL(request))
    }

    @Test("answers with one JSON object, in the session that a header or the body names")
    func answers() async {
        let cases: [(String, NamedValues)] = [
            (#"{"question": "?"}"#, ["x-honeyhive-session-id": Self.session]),
            (#"{"question": "?", "session_id": "\#(Self.session)"}"#, [:]),
        ]
        for (body, headers) in cases {
            let stream = await Self.ask(body, of: AgentAPI(model: ScriptedModel([Self.answer])), headers: headers)

            #expect(stream.status == 200)
            #expect(stream.head?.headers["Content-Type"] == "application/json")
            #expect(stream.text == #"{"answer":"It is 42.","session_id":"\#(Self.session)"}"#)
            #expect(stream.spans.map(\.name) == ["chat test-model", "invoke_agent assistant", "AgentAPI"])
            #expect(stream.spans.allSatisfy { $0.sessionID == Self.session && $0.errorMessage == nil })
        }
    }

    @Test("runs a tool, tells the model its result, and records each step under the request's span")
    func runsTools() async throws {
        let clock = TestClock()
        let model = ScriptedModel([Self.sum, Self.answer], clock: clock)
        let stream = await Self.ask(#"{"question": "6 × 7?"}"#, of: AgentAPI(model: model), clock: clock)

        #expect(
            stream.spans.map(\.name) == [
                "chat test-model", "execute_tool calculator", "chat test-model", "invoke_agent assistant", "AgentAPI",
            ]
        )
        #expect(stream.spans.map(\.eventType) == [.model, .tool, .model, .chain, .chain])
        let (agent, root) = (stream.spans[3], stream.spans[4])
        #expect(agent.parentID == root.id)
        #expect(agent.output("answer") == "It is 42.")
        #expect(stream.spans.prefix(3).allSatisfy { $0.parentID == agent.id })
        let first = stream.spans[0]
        #expect(first.output("content") == nil)
        #expect(first.output("finish_reason") == "tool_calls")
        #expect(first.output("tool_calls.0.function.name") == "calculator")
        #expect(first.output("tool_calls.0.function.arguments") == .string(Self.product))
        #expect(first.input("functions.1.name") == "calculator")
        #expect(stream.spans[1].input("operation") == "*")
        #expect(stream.spans[1].output("message") == "42.0")
        let last = stream.spans[2]
        #expect(last.input("chat_history.1.content") == "6 × 7?")
        #expect(last.input("chat_history.2.tool_calls.0.id") == "t1")
        #expect(last.input("chat_history.3.role") == "tool")
        #expect(last.input("chat_history.3.tool_call_id") == "t1")
        #expect(last.output("content") == "It is 42.")
        #expect(last.attributes["honeyhive_metadata.prompt_tokens"] == 30)
        #expect(last.attributes["honeyhive_metadata.completion_tokens"] == 4)
        #expect(last.attributes["honeyhive_metrics.ttft_ms"] == 500.0)
        #expect(last.attributes["gen_ai.response.model"] == "test-model-1")

        let asked = model.asked
        #expect(asked.map(\.messages.count) == [2, 4])
        #expect(asked.last?.messages.last == ChatMessage(role: "tool", content: "42.0", toolCallID: "t1"))
        #expect(asked.map(\.timeout) == [.seconds(29), .seconds(28)])
        let turns = [stream.spans[0], stream.spans[2]]
        #expect(asked.map { $0.headers["traceparent"] } == turns.map { "00-\($0.traceID)-\($0.id)-01" })
    }

    @Test("streams each tool's result and each piece of text as an event of its own, in order")
    func streams() async {
        let model = ScriptedModel([Self.sum, Self.answer])
        let headers: NamedValues = ["x-honeyhive-session-id": Self.session]
        let stream = await Self.ask(#"{"question": "?", "stream": true}"#, of: AgentAPI(model: model), headers: headers)

        #expect(stream.head?.headers["Content-Type"] == "text/event-stream")
        #expect(
            stream.text == """
                event: tool
                data: {"arguments":"\(Self.escaped(Self.product))","name":"calculator","result":"42.0"}

                event: text
                data: {"text":"It is "}

                event: text
                data: {"text":"42."}

                event: done
                data: {"answer":"It is 42.","session_id":"\(Self.session)"}


                """
        )
    }

    @Test(
        "tells the model of a tool that fails, and goes on",
        arguments: [
            ("calculator", #"{"left": 1, "operation": "^", "right": 0}"#, "error: malformedArguments"),
            ("calculator", "six", "error: malformedArguments"), ("rm", "{}", "error: unknownTool"),
        ]
    )
    func toolFails(name: String, arguments: String, result: String) async {
        let model = ScriptedModel([Self.call(name, arguments), Self.answer])
        let stream = await Self.ask(#"{"question": "?"}"#, of: AgentAPI(model: model))

        #expect(stream.status == 200)
        #expect(model.asked.last?.messages.last?.content == result)
        #expect(stream.spans[1].errorMessage == result.replacing("error: ", with: "ToolError: "))
        #expect(stream.spans.last?.errorMessage == nil)
    }

    @Test("a model that fails is a 502, and an event once the stream has begun", arguments: [false, true])
    func modelFails(hasBegun: Bool) async {
        let failure = AgentError(status: 502, "the model's server answered with HTTP 429")
        let model = ScriptedModel([hasBegun ? Array(Self.answer.prefix(2)) : []], failure: failure)
        let stream = await Self.ask(#"{"question": "?", "stream": true}"#, of: AgentAPI(model: model))

        let told = #"{"error":"the model's server answered with HTTP 429"}"#
        let begun = "event: text\ndata: {\"text\":\"It is \"}\n\nevent: error\ndata: \(told)\n\n"
        #expect(stream.status == (hasBegun ? 200 : 502))
        #expect(stream.text == (hasBegun ? begun : told))
        #expect(stream.failure == nil)
        #expect(stream.spans.map { $0.errorMessage != nil } == [true, true, true])
        #expect(stream.spans[0].output("content") == (hasBegun ? "It is " : nil))
    }

    @Test("a model that never comes to an answer, breaks off or calls too many tools is a 502")
    func modelMisbehaves() async {
        let many = (0...8).map { Self.chunk(#"{"index": \#($0), "id": "t", "function": {"name": "clock"}}"#) }
        for (turn, error) in [
            (Self.sum, "the model came to no answer in 6 turns"), ([], "the model's answer broke off"),
            (Array(Self.answer.prefix(2)), "the model's answer broke off"),
            (many, "the model called over 8 tools, or out of order"),
            ([Self.chunk(#"{"index": -1}"#)], "the model called over 8 tools, or out of order"),
        ] {
            let model = ScriptedModel([turn])
            let stream = await Self.ask(#"{"question": "?"}"#, of: AgentAPI(model: model))
            #expect(stream.status == 502)
            #expect(stream.text == #"{"error":"\#(error)"}"#)
            #expect(model.asked.count <= Agent.maximumTurnCount)
        }
    }

    @Test(
        "the caller's mistakes are a 4xx, and no failure of the function",
        arguments: [
            ("POST", "", 400), ("POST", "[]", 400), ("POST", #"{"question": 1}"#, 400),
            ("POST", #"{"question": ""}"#, 400),
            ("POST", #"{"question": "\#(String(repeating: "x", count: AgentAPI.maximumQuestionBytes + 1))"}"#, 413),
            ("GET", "", 405),
        ]
    )
    func callerErs(method: String, body: String, status: Int) async {
        let model = ScriptedModel([Self.answer])
        let stream = await Self.ask(body, of: AgentAPI(model: model), method: method)

        #expect(stream.status == status)
        #expect(stream.text.hasPrefix(#"{"error":""#))
        #expect(stream.spans.map(\.errorMessage) == [nil])
        #expect(model.asked.isEmpty)
    }

    @Test(
        "a variable that is unset is a 500 that names it",
        arguments: ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"]
    )
    func isNotSetUp(missing: String) async {
        var environment = ["OPENAI_BASE_URL": "http://127.0.0.1:1", "OPENAI_API_KEY": "k", "OPENAI_MODEL": "m"]
        environment[missing] = ""
        let stream = await Self.ask(#"{"question": "?"}"#, of: AgentAPI(environment: environment))

        #expect(stream.status == 500)
        #expect(stream.text == #"{"error":"the function's environment has no \#(missing)"}"#)
        #expect(stream.spans.last?.errorMessage != nil)
    }
}
