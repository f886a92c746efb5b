import Testing
import TracedLambda
import TracedLambdaModels
import TracedLambdaTesting

@Suite("ChatAgent")
struct ChatAgentTests {
    private struct Sum: Decodable {
        let left: Int
        let right: Int
    }

    private static func agent(turns: Int = 6, calls: Int = 8) throws -> ChatAgent {
        ChatAgent(
            "clerk",
            model: try model(),
            instructions: "Be exact.",
            tools: [
                try ChatTool("add", "Adds") { (sum: Sum) in ["sum": sum.left + sum.right] },
                try ChatTool("fail") { () -> String in throw Broken() },
            ],
            maximumTurnCount: turns,
            maximumToolCallCount: calls
        )
    }

    private struct Broken: Error {}

    @Test("runs the tools that the model calls, with a span for each step", arguments: [false, true])
    func runs(isStreamed: Bool) async throws {
        let stub = HTTPStub()
        stub.onChat(.calls("add", #"{"left":40,"right":2}"#), .says("It is ", "42."))
        let invocation = await invoke(stub) { context in
            guard isStreamed else { return try await Self.agent().answer("40 + 2?", context: context).text }
            var pieces: [ChatPiece] = []
            let reply = try await Self.agent().answer([.user("40 + 2?")], context: context) { pieces.append($0) }
            let call = ModelCall.ToolCall(id: "call_1", name: "add", arguments: #"{"left":40,"right":2}"#)
            #expect(
                pieces == [.toolCall(call), .toolResult(call, #"{"sum":42}"#), .text("It is "), .text("42.")]
            )
            return reply.text
        }
        #expect(try invocation.output(as: String.self) == "It is 42.")
        let spans = invocation.spans
        #expect(
            spans.map(\.name) == [
                "POST", "chat m-1", "execute_tool add", "POST", "chat m-1", "invoke_agent clerk", "Runner",
            ]
        )
        let agent = spans[5]
        #expect([spans[1], spans[2], spans[4]].allSatisfy { $0.parentID == agent.id })
        #expect(agent.output("answer") == "It is 42.")
        #expect(agent.input("chat_history.0.content") == "Be exact.")
        #expect(spans[2].input("left") == 40)
        #expect(spans[2].output("message.sum") == 42)
        #expect(spans[4].input("chat_history.3.content") == #"{"sum":42}"#)
    }

    @Test("tells the model of a tool that fails, and goes on")
    func toolFails() async throws {
        for (call, text) in [
            (ScriptedTurn.calls("add", "six"), "error: the arguments are invalid: the JSON is not valid"),
            (.calls("add", #"{"left":1}"#), "error: the arguments are invalid: right is missing"),
            (.calls("rm", "{}"), "error: there is no such tool; use one of add, fail"),
            (.calls("fail"), "error: Broken()"),
        ] {
            let stub = HTTPStub()
            stub.onChat(call, .says("sorry"))
            let invocation = await invoke(stub) { context in
                try await Self.agent().answer("?", context: context).text
            }
            #expect(try invocation.output(as: String.self) == "sorry")
            let tool = try #require(
                invocation.spans.first { $0.eventType == .tool && $0.name.hasPrefix("execute_tool") }
            )
            #expect(tool.errorMessage != nil)
            #expect(
                try #require(stub.requests.last).text.contains(#""content":"\#(text)""#),
                "\(stub.requests.last?.text ?? "")"
            )
        }
    }

    @Test("A model that comes to no answer, or calls too many tools, is stopped")
    func bounded() async throws {
        for (turn, count, detail) in [
            (ScriptedTurn.calls("fail"), 3, "in each of 3 turns"),
            (.calls("fail").calling("fail").calling("fail"), 1, "over 2 tools"),
        ] {
            let stub = HTTPStub()
            stub.onChat(turn)
            let invocation = await invoke(stub) { context in
                try await Self.agent(turns: 3, calls: 2).answer("?", context: context).text
            }
            #expect(invocation.failureMessage?.contains(detail) == true)
            #expect(stub.requests.count == count)
        }
    }

    @Test("sends back what a server demands with a tool's result (Gemini's thought signatures)")
    func returnedFields() async throws {
        let call = """
            {"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":\
            [{"id":"c1","type":"function","function":{"name":"fail","arguments":"{}"},\
            "extra_content":{"google":{"thought_signature":"abc"}}}]}}]}
            """
        let stub = HTTPStub()
        stub.on("*", .text(call), .text(#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#))
        _ = await invoke(stub) { context in try await Self.agent().answer("?", context: context).text }
        #expect(
            try #require(stub.requests.last).text
                .contains(#""arguments":"{}"},"extra_content":{"google":{"thought_signature":"abc"}}}]"#)
        )
    }

    @Test(
        "A tool's name must be one that the API takes",
        arguments: ["", "a b", "ä", String(repeating: "a", count: 65)]
    )
    func names(name: String) {
        let error = #expect(throws: ModelError.self) { try ChatTool(name) { "" } }
        #expect(error?.code == .invalidRequest)
    }
}
