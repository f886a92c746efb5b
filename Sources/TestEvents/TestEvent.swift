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
    /// The message's id; nil for one that counts up from 1.
    @_spi(Workbench) public var id: String?
    /// The number of deliveries by SQS, including this one.
    @_spi(Workbench) public var receiveCount = 1
    /// The time at which it was sent, in milliseconds since 1970; nil for the event's own.
    @_spi(Workbench) public var sentMilliseconds: Int?

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

/// The values of events that no parameter gives.
@_spi(Workbench)
public struct TestValues: Sendable {
    /// The values of the events that are made in a task.
    @TaskLocal public static var current = TestValues()

    /// The time, in milliseconds since 1970; 2026-01-01T00:00:00Z by default.
    public var milliseconds = 1_767_225_600_000
    /// The id of the request, the message or the record.
    public var requestID = "00000000-0000-4000-8000-000000000001"
    /// The caller's address.
    public var sourceIP = "203.0.113.1"
    /// The client's name in requests without a `User-Agent`; nil for none.
    public var userAgent: String? = "test"
    /// The function's or the API's part of the domain's name.
    public var apiID = "abcdefgh"

    /// Creates the values that tests have.
    public init() {}

    static let account = "123456789012"
    static let region = "us-east-1"
    static var userAgent: String? { current.userAgent }

    static var seconds: Int { milliseconds / 1_000 }
    static var milliseconds: Int { current.milliseconds }
    static var sourceIP: String { current.sourceIP }
    static var apiID: String { current.apiID }
    /// The time by RFC 3339, with milliseconds.
    static var preciseTime: String { DateText.rfc3339(unixMilliseconds: UInt64(clamping: milliseconds)) }
    /// The time by RFC 3339, in seconds.
    static var time: String { DateText.iso8601(unixSeconds: Double(seconds)) }
    /// The time in the form of access logs.
    static var logTime: String { DateText.logTime(unixSeconds: seconds) }

    /// X-Ray's header (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
    static var traceID: String { "Root=1-\(String(seconds, radix: 16))-000000000000000000000001" }

    static func arn(_ service: String, _ resource: String) -> String {
        "arn:aws:\(service):\(region):\(account):\(resource)"
    }

    /// The id with a number, in the form of a UUID.
    static func id(_ number: Int) -> String {
        guard number > 1 else { return current.requestID }
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
