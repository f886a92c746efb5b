import Testing
import TestEvents
import TriggerContext

/// Each event is read wherever it travels, by the same rules.
@Suite("Events within events")
struct NestedTriggerTests {
    private static let session = "11111111-2222-4333-8444-000000000001"
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "00-\(traceID)-b7ad6b7169203331-01"
    private static let inner = TestTrigger.allCases.filter {
        ![.tokenAuthorizer, .s3, .ses, .cloudWatchLogs].contains($0)
    }

    /// The ways in, by name.
    private static let entrances: [(name: String, wrap: @Sendable (TestEvent) -> TestEvent)] = [
        ("SQS body", { .sqs(TestMessage($0.json)) }),
        ("SNS message", { .sns(TestMessage($0.json)) }),
        ("SNS in SQS", { .sqs(TestMessage(sns($0).json)) }),
        ("EventBridge", { .eventBridge(detail: $0.value) }),
        ("EventBridge in SQS", { .sqs(TestMessage(TestEvent.eventBridge(detail: $0.value).json)) }),
        ("Kinesis data", { .kinesis($0.json) }),
        ("Kafka value", { .kafka(TestMessage($0.json)) }),
        ("HTTP body", { .functionURL(.post($0.json)) }),
        ("array", { TestEvent([$0.value]) }),
        ("destination", { destination($0) }),
        ("destination in SQS", { .sqs(TestMessage(destination($0).json)) }),
        ("destination of a destination", { destination(destination($0)) }),
        ("Step Functions", { TestEvent(["Payload": $0.value, "ExecutedVersion": "$LATEST"]) }),
    ]

    private static func sns(_ event: TestEvent) -> TestEvent {
        TestEvent(["Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": .string(event.json)])
    }

    private static func destination(_ event: TestEvent) -> TestEvent {
        TestEvent(["requestContext": ["condition": "Success"], "requestPayload": event.value, "responsePayload": nil])
    }

    @Test("The session and the span are found", arguments: inner, entrances.map(\.name))
    func found(_ trigger: TestTrigger, _ name: String) throws {
        let entrance = try #require(Self.entrances.first { $0.name == name })
        let event = try TestEvent(trigger, json: #"{"q": 1}"#, sessionID: Self.session, traceparent: Self.parent)
        let text = entrance.wrap(event).json
        let found = TriggerContext.extract(event: Array(text.utf8))
        #expect(found.session?.text == Self.session, "\(text)")
        #expect(found.parent?.traceID.description == Self.traceID, "\(text)")
    }
}
