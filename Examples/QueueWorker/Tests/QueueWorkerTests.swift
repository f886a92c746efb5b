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

    private static func message(_ id: String, _ body: String, session: String) -> String {
        """
        {"messageId": "\(id)", "receiptHandle": "h", "body": "\(body)", "eventSource": "aws:sqs",
         "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:orders", "attributes": {},
         "messageAttributes": {"session_id": {"dataType": "String", "stringValue": "\(session)"}}}
        """
    }

    @Test("ships each order in its sender's session, and reports the one that cannot be shipped")
    func ships() async throws {
        let messages = [
            Self.message("a", #"{\"item\": \"tea\", \"count\": 2}"#, session: Self.sessions[0]),
            Self.message("b", #"{\"item\": \"air\", \"count\": 0}"#, session: Self.sessions[1]),
        ]
        let invocation = await LambdaTester(QueueWorker()).invoke(
            json: #"{"Records": [\#(messages.joined(separator: ","))]}"#
        )

        let response: Response = try invocation.output()
        #expect(response.batchItemFailures.map(\.itemIdentifier) == ["b"])
        let shipped = try #require(invocation.spans.first { $0.output("shipped") == 2 })
        #expect(shipped.sessionID == Self.sessions[0])
        let failed = try #require(invocation.spans.first { $0.name == "ship" && $0.errorMessage != nil })
        #expect(failed.sessionID == Self.sessions[1])
    }
}
