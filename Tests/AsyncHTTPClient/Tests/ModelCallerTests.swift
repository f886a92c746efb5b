import Testing
import TracedLambda
import TracedLambdaTesting

@Suite("The example of docs/calling-models.md")
struct ModelCallerTests {
    @Test("sends nothing of the trace to the model, and all of it to the next service")
    func holdsBack() async throws {
        let server = try await HeaderEcho(answers: ["/model": #"{"text": "42", "tokens": 1}"#])
        let session = "11111111-2222-4333-8444-000000000001"
        let invocation = await LambdaTester(ModelCaller()).invoke(
            json: """
                {"session_id": "\(session)", "question": "why?", "model": "http://127.0.0.1:\(server.port)/model",
                 "next": "http://127.0.0.1:\(server.port)/echo"}
                """
        )
        let sentToModel = server.context(sentTo: "/model")
        try await server.close()

        #expect(sentToModel == "\n")
        let echo: String = try invocation.output()
        let request = try #require(invocation.spans.first { $0.name == "POST" })
        #expect(echo.contains("-\(request.id)-01\n") && echo.contains("session_id=\(session)"))
        #expect(invocation.spans.map(\.name) == ["chat small-1", "POST", "ModelCaller"])
        #expect(invocation.spans.first?.output("content") == "42")
    }
}
