public import SessionTracing
internal import PlatformFoundation
internal import WireText

/// An event of a trigger, made from a few values, in the form in which AWS sends it.
///
/// ```swift
/// let event = TestEvent.sqs("one", TestMessage("two", attributes: ["session_id": "conversation-42"]))
/// let invocation = await LambdaTester(Worker()).invoke(event)
/// ```
///
/// The values that a test does not give are the same in every event: account 123456789012, region us-east-1, the start of
/// 2026, ids that count up from 1. Change one in ``value`` if a test needs another.
public struct TestEvent: Sendable, Hashable {
    /// The event as JSON.
    public var value: AttributeValue

    /// Creates an event of a value: a direct invocation, or an event that this type has no builder for.
    ///
    /// - Parameter value: The event.
    public init(_ value: AttributeValue) {
        self.value = value
    }

    /// The event's JSON text, with sorted keys.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A number that JSON cannot represent is the only error; such an event is empty and fails to decode.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// A message of a test event: its text, and the fields beside it.
public struct TestMessage: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The text, such as a JSON object.
    public let body: String
    /// The fields beside the text: message attributes of SQS and SNS, headers of Kafka and RabbitMQ, properties of
    /// ActiveMQ.
    ///
    /// The field `session_id` names the sender's session.
    public let attributes: [String: String]

    /// Creates a message.
    ///
    /// - Parameters:
    ///   - body: The text.
    ///   - attributes: The fields beside the text.
    public init(_ body: String, attributes: [String: String] = [:]) {
        self.body = body
        self.attributes = attributes
    }

    /// Creates a message without fields beside its text.
    ///
    /// - Parameter body: The text.
    public init(stringLiteral body: String) {
        self.init(body)
    }
}

/// The values that all test events share.
enum TestValues {
    static let account = "123456789012"
    static let region = "us-east-1"
    /// 2026-01-01T00:00:00Z.
    static let seconds = 1_767_225_600
    static let milliseconds = seconds * 1_000
    static let time = "2026-01-01T00:00:00Z"
    static let logTime = "01/Jan/2026:00:00:00 +0000"
    static let sourceIP = "203.0.113.1"
    static let userAgent = "test"

    static func arn(_ service: String, _ resource: String) -> String {
        "arn:aws:\(service):\(region):\(account):\(resource)"
    }

    /// The id with a number, in the form of a UUID.
    static func id(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    static func base64(_ text: String) -> AttributeValue { .string(Base64.encode(Array(text.utf8))) }
}

extension [String: String] {
    /// The texts as JSON, each in the form that the closure gives.
    func json(_ form: (String) -> AttributeValue = { .string($0) }) -> AttributeValue {
        .dictionary(mapValues(form))
    }
}
