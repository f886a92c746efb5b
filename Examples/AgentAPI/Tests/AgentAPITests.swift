import Testing
import TracedLambda
import TracedLambdaTesting

@testable import AgentAPI

@Suite("AgentAPI")
struct AgentAPITests {
    private static let session = "11111111-2222-4333-8444-000000000001"
    private static let settings = [
        "OPENAI_BASE_URL": "https://model.example/v1", "OPENAI_API_KEY": "k", "OPENAI_MODEL": "m",
    ]
    private static let product = #"{"left": 6, "operation": "*", "right": 7}"#
    private static let answer = ScriptedTurn.says("It is ", "42.", inputTokens: 30, outputTokens: 4)

    private static func ask(
        _ body: String,
        _ stub: HTTPStub = HTTPStub(),
        method: String = "POST",
        headers: NamedValues = [:],
        settings: [String: String] = settings
    ) async throws -> TestStream {
        let request = TestRequest(method, headers: headers, body: Array(body.utf8))
        return try await StreamingLambdaTester<AgentAPI>(environment: settings, http: stub).stream(
            .functionURL(request)
        )
    }

    private static func model(_ turns: ScriptedTurn...) -> HTTPStub {
        let stub = HTTPStub()
        stub.onChat(turns)
        return stub
    }

    @Test("answers with one JSON object, in the session that a header or the body names")
    func answers() async throws {
        let cases: [(String, NamedValues)] = [
            (#"{"question": "?"}"#, ["x-honeyhive-session-id": Self.session]),
            (#"{"question": "?", "session_id": "\#(Self.session)"}"#, [:]),
        ]
        for (body, headers) in cases {
            let stream = try await Self.ask(body, Self.model(Self.answer), headers: headers)

            #expect(stream.status == 200)
            #expect(stream.head?.headers["Content-Type"] == "application/json")
            #expect(stream.text == #"{"answer":"It is 42.","session_id":"\#(Self.session)"}"#)
            #expect(stream.spans.map(\.name) == ["POST", "chat m", "invoke_agent assistant", "AgentAPI"])
            #expect(stream.spans.allSatisfy { $0.sessionID == Self.session && $0.errorMessage == nil })
        }
    }

    @Test("streams each tool's result and each piece of text as an event of its own, in order")
    func streams() async throws {
        let stub = Self.model(.calls("calculator", Self.product), Self.answer)
        let headers: NamedValues = ["x-honeyhive-session-id": Self.session]
        let stream = try await Self.ask(#"{"question": "6 x 7?", "stream": true}"#, stub, headers: headers)

        #expect(stream.head?.headers["Content-Type"] == "text/event-stream")
        let arguments = Self.product.replacing("\"", with: #"\""#)
        #expect(
            stream.text == """
                event: tool
                data: {"arguments":"\(arguments)","name":"calculator","result":"42.0"}

                event: text
                data: {"text":"It is "}

                event: text
                data: {"text":"42."}

                event: done
                data: {"answer":"It is 42.","session_id":"\(Self.session)"}


                """
        )
        #expect(
            stream.spans.map(\.name) == [
                "POST", "chat m", "execute_tool calculator", "POST", "chat m", "invoke_agent assistant", "AgentAPI",
            ]
        )
    }

    @Test("a model that fails is a 502, and an event once the stream has begun", arguments: [false, true])
    func modelFails(hasBegun: Bool) async throws {
        let stub = Self.model(hasBegun ? ScriptedTurn.says("It is ").breakingOff() : .fails(status: 400))
        let stream = try await Self.ask(#"{"question": "?", "stream": \#(hasBegun)}"#, stub)

        #expect(stream.status == (hasBegun ? 200 : 502))
        #expect(stream.failure == nil)
        if hasBegun {
            #expect(
                stream.text.hasPrefix("event: text\ndata: {\"text\":\"It is \"}\n\nevent: error\ndata: {\"error\":")
            )
        } else {
            let reason = "the model's server rejected the request: HTTP 400: scripted failure"
            #expect(stream.text == #"{"error":"\#(reason)"}"#)
        }
        #expect(stream.spans.last?.errorMessage != nil)
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
    func callerErs(method: String, body: String, status: Int) async throws {
        let stub = Self.model(Self.answer)
        let stream = try await Self.ask(body, stub, method: method)

        #expect(stream.status == status)
        #expect(stream.text.hasPrefix(#"{"error":""#))
        #expect(stream.spans.map(\.errorMessage) == [nil])
        #expect(stub.requests.isEmpty)
    }

    @Test("a variable that is unset is a 500 that names it", arguments: ["OPENAI_API_KEY", "OPENAI_MODEL"])
    func isNotSetUp(missing: String) async throws {
        let stream = try await Self.ask(#"{"question": "?"}"#, settings: Self.settings.merging([missing: ""]) { $1 })

        #expect(stream.status == 500)
        #expect(stream.text.contains("the function's environment has no \(missing)"))
        #expect(stream.spans.last?.errorMessage != nil)
    }
}
