import Testing
import TracedLambda
import TracedLambdaTesting

@testable import QueueWorker

@Suite("QueueWorker")
struct QueueWorkerTests {
    private struct Response: Decodable {
        struct Failure: Decodable { let itemIdentifier: String }
        let batchItemFailures: [Failure]
    }

    private static let sessions = ["11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"]

    @Test("ships each order in its sender's session, and reports the one that cannot be shipped")
    func ships() async throws {
        let good = TestMessage(#"{"item": "tea", "count": 2}"#, attributes: ["session_id": Self.sessions[0]])
        let bad = TestMessage(#"{"item": "air", "count": 0}"#, attributes: ["session_id": Self.sessions[1]])
        let invocation = await LambdaTester(QueueWorker()).invoke(.sqs(good, bad, queue: "orders"))

        let response: Response = try invocation.output()
        #expect(response.batchItemFailures.map(\.itemIdentifier) == ["message-2"])
        let shipped = try #require(invocation.spans.first { $0.output("shipped") == 2 })
        #expect(shipped.sessionID == Self.sessions[0])
        let failed = try #require(invocation.spans.first { $0.name == "ship" && $0.errorMessage != nil })
        #expect(failed.sessionID == Self.sessions[1])
    }
}
