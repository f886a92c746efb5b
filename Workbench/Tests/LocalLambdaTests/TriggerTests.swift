import FoundationEssentials
import Testing

@testable import LocalLambda
@testable import OTLP

@Suite("Triggers")
struct TriggerTests {
    private static let metadata = EventMetadata(date: Date(timeIntervalSince1970: 1_600_000_000), id: "the-id")

    private static func record(_ event: JSONValue) throws -> JSONObject {
        try #require(event.object?["Records"]?.array?.first?.object)
    }

    @Test("each carries the session where it is looked for", arguments: Trigger.allCases)
    func carriesSession(_ trigger: Trigger) throws {
        let event = try trigger.event(data: ["a": 1], sessionID: "s-1", Self.metadata)
        switch trigger {
        case .direct: #expect(event == ["a": 1, "session_id": "s-1"])
        case .api, .url, .alb:
            #expect(event.object?["headers"]?.object?["x-honeyhive-session-id"] == "s-1")
            #expect(event.object?["body"] == #"{"a":1}"#)
        case .sqs:
            let record = try Self.record(event)
            #expect(record["messageAttributes"]?.object?["session_id"]?.object?["stringValue"] == "s-1")
            #expect(record["body"] == #"{"a":1}"#)
        case .sns:
            let notification = try #require(try Self.record(event)["Sns"]?.object)
            #expect(notification["MessageAttributes"]?.object?["session_id"]?.object?["Value"] == "s-1")
            #expect(notification["Message"] == #"{"a":1}"#)
        case .eventbridge, .schedule: #expect(event.object?["detail"] == ["a": 1, "session_id": "s-1"])
        case .kinesis:
            let data = try #require(try Self.record(event)["kinesis"]?.object?["data"]?.string)
            #expect(Data(base64Encoded: data) == Data(#"{"a":1,"session_id":"s-1"}"#.utf8))
        case .dynamodb:
            let image = try Self.record(event)["dynamodb"]?.object?["NewImage"]
            #expect(image == ["a": ["N": "1"], "session_id": ["S": "s-1"]])
        }
    }

    @Test("without a session the data goes as it is", arguments: [Trigger.direct, .eventbridge])
    func withoutSession(_ trigger: Trigger) throws {
        let event = try trigger.event(data: [1], sessionID: nil, Self.metadata)
        #expect((trigger == .direct ? event : event.object?["detail"]) == [1])
    }

    @Test("data that has no place for a session is refused", arguments: [Trigger.direct, .eventbridge, .kinesis])
    func noPlace(_ trigger: Trigger) {
        #expect(throws: LocalLambdaError.self) { try trigger.event(data: [1], sessionID: "s", Self.metadata) }
    }

    @Test(
        "a message's digest is the one of RFC 1321",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ]
    )
    func digest(_ text: String, _ expected: String) {
        #expect(MD5.hex(of: Array(text.utf8)) == expected)
    }
}
