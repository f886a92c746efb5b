import Testing
import TracedLambda
import TracedLambdaTesting

@testable import HelloSession

@Suite("HelloSession")
struct HelloSessionTests {
    private struct Reply: Decodable {
        let result: String
        let sessionID: String
    }

    @Test("answers, with both steps nested in the caller's session")
    func answers() async throws {
        let session = "11111111-2222-4333-8444-000000000001"
        let tester = LambdaTester(HelloSession())
        let invocation = await tester.invoke(json: #"{"session_id": "\#(session)", "input": "abc"}"#)

        let reply: Reply = try invocation.output()
        #expect(reply.result == "cba")
        #expect(reply.sessionID == session)
        #expect(invocation.spans.map(\.name) == ["process", "process_event", "HelloSession"])
        #expect(invocation.spans.allSatisfy { $0.sessionID == session })
        let parents = invocation.spans.map(\.parentID)
        #expect(parents == [invocation.spans[1].id, invocation.spans[2].id, nil])
        #expect(invocation.spans[0].input("input") == "abc")
        #expect(invocation.spans[0].output("result") == "cba")
    }

    @Test("an error in the inner step marks every span on its way, and is recorded once")
    func fails() async throws {
        let invocation = await LambdaTester(HelloSession()).invoke(json: #"{"input": "fail"}"#)

        #expect(throws: TestInvocation.Failure.self) { try invocation.result.get() }
        #expect(invocation.spans.map(\.errorMessage) == Array(repeating: "ProcessingError: refused", count: 3))
        #expect(invocation.spans.map(\.eventNames) == [["exception"], [], []])
        #expect(invocation.session.origin == .generated)
    }
}
