import Testing
import TracedLambda
import TracedLambdaTesting

@testable import Orchestrator
@testable import Responder

@Suite("Orchestrator")
struct OrchestratorTests {
    private struct HTTPAnswer: Decodable {
        let statusCode: Int
        let body: String
    }

    private struct Reply: Decodable {
        let answer: String
    }

    private static func ask(_ body: String, _ stub: HTTPStub) async -> TestInvocation {
        let event = TestEvent.functionURL(TestRequest("POST", body: Array(body.utf8)))
        return await LambdaTester(Orchestrator(), http: stub).invoke(event)
    }

    @Test("A body that is no question is the caller's mistake")
    func malformed() async throws {
        let stub = HTTPStub()
        let invocation = await Self.ask("?", stub)
        #expect(try invocation.output(as: HTTPAnswer.self).statusCode == 400)
        #expect(invocation.spans.map(\.errorMessage) == [nil])
        #expect(stub.requests.isEmpty)
    }

    @Test("lets Responder answer, and tells HelloSession without waiting, in one session and trace")
    func orchestrates() async throws {
        let stub = HTTPStub()
        stub.onInvoke("Responder") { call in
            let event = try call.decode(Orchestrator.Question.self)
            #expect(event.question == "6 x 7?")
            return ["answer": "42"]
        }
        stub.onInvoke("HelloSession") { call in
            #expect(call.isEvent)
            return .null
        }
        let invocation = await Self.ask(#"{"question": "6 x 7?"}"#, stub)

        let reply = try invocation.output(as: HTTPAnswer.self)
        #expect(reply.statusCode == 200)
        #expect(reply.body == #"{"answer":"42"}"#)
        #expect(
            invocation.spans.map(\.name) == ["invoke Responder", "invoke HelloSession", "Orchestrator"]
        )
        let event = try #require(stub.requests.last).decode([String: String].self)
        #expect(event["input"] == "42")
        #expect(event["traceparent"]?.contains("\(invocation.spans[1].id)") == true)
        #expect(event["baggage"]?.contains("session_id=\(invocation.session.id)") == true)
    }

    @Test("An error of Responder is the function's own, with its type and message")
    func fails() async throws {
        struct Unanswerable: Error {}
        let stub = HTTPStub()
        stub.onInvoke("Responder") { _ in throw Unanswerable() }
        let invocation = await Self.ask(#"{"question": "?"}"#, stub)

        #expect(invocation.failure?.type == "InvokeError")
        #expect(invocation.failure?.message == "Responder: Unanswerable: Unanswerable()")
        #expect(stub.requests.count == 1)
    }

    @Test("Responder asks the model")
    func answers() async throws {
        let stub = HTTPStub()
        stub.onChat(.says("It is 42."))
        let tester = try await LambdaTester<Responder>(
            environment: ["OPENAI_API_KEY": "k", "OPENAI_MODEL": "test-model"],
            http: stub
        )
        let invocation = await tester.invoke(json: #"{"question": "6 x 7?"}"#)

        #expect(try invocation.output(as: Reply.self).answer == "It is 42.")
        #expect(invocation.spans.map(\.name) == ["POST", "chat test-model", "Responder"])
    }
}

extension TestInvocation {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = result { failure } else { nil }
    }
}
