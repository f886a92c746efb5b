import Foundation
import SessionTracing

/// A source of context in the specification's table: the event, the path and the encoding of a field.
struct ContextSource: Sendable, CustomStringConvertible {
    enum Form: Sendable {
        case text
        /// A list with the string in it.
        case list
        /// A document with the fields as its members, in a string.
        case document
        case base64Document
        /// A document in a string in a string.
        case quotedDocument
        /// SNS' envelope with the document as its message, and EventBridge's with it as its detail.
        case notification
        case busEvent
        /// SNS' envelope with the fields as attributes.
        case notificationAttributes
        /// DynamoDB's form of a string.
        case attribute
        /// The string's bytes as numbers.
        case bytes
    }

    let event: String
    /// The path; `*` is replaced by the field's name.
    let path: String
    let form: Form
    /// The origin of a session id found here; nil if none can be here.
    let origin: Session.Origin?
    /// True if `traceparent` and `baggage` can be here.
    let hasFields: Bool

    init(_ event: String, _ path: String, _ form: Form = .text, _ origin: Session.Origin?, fields: Bool = true) {
        self.event = event
        self.path = path
        self.form = form
        self.origin = origin
        hasFields = fields
    }

    var description: String { "\(event) \(path) \(form)" }

    /// The key of a session id here.
    var sessionKey: String { origin == .header ? "X-Session-Id" : "session_id" }

    /// Puts a field into an event.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: A string, or another value that JSON can contain.
    ///   - fixture: The event.
    /// - Throws: If JSON cannot contain the value.
    func put(_ name: String, _ value: Any, into fixture: inout Fixture) throws {
        fixture.put(try written(name, value), at: path.replacing("*", with: name))
        if form == .base64Document, path == "body" { fixture.put(true, at: "isBase64Encoded") }
    }

    private func written(_ name: String, _ value: Any) throws -> Any {
        let fields = [name: value]
        switch form {
        case .text: return value
        case .list: return [value]
        case .document: return try Self.json(fields)
        case .base64Document: return Data(try Self.json(fields).utf8).base64EncodedString()
        case .quotedDocument: return try Self.json(Self.json(fields))
        case .notification:
            return try Self.json(["Type": "Notification", "TopicArn": "arn:t", "Message": Self.json(fields)])
        case .busEvent: return try Self.json(["detail-type": "t", "source": "s", "detail": fields] as [String: Any])
        case .notificationAttributes:
            let attributes = [name: ["Type": "String", "Value": value]]
            return try Self.json(
                ["Type": "Notification", "TopicArn": "arn:t", "Message": "m", "MessageAttributes": attributes]
                    as [String: Any]
            )
        case .attribute: return attribute(value)
        case .bytes: return value is String || value is Int ? "\(value)".utf8.map { Int($0) } : value
        }
    }

    private func attribute(_ value: Any) -> [String: Any] {
        switch value {
        case let values as [Any]: ["L": values.map(attribute)]
        case let members as [String: Any]: ["M": members.mapValues(attribute)]
        case is NSNull: ["NULL": true]
        case is Bool: ["BOOL": value]
        case is Int: ["N": "\(value)"]
        default: ["S": value]
        }
    }

    private static func json(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
    }

    // MARK: The table

    static let all = http + messages + streams

    private static let rest = "apigw-request"
    private static let http: [ContextSource] =
        [rest, "apigw-v2-request-no-authorizer", "apigw-websocket-request", "alb-lambda-target-request-headers-only"]
        .flatMap { event in
            [
                ContextSource(event, "headers|*", .header),
                ContextSource(event, "queryStringParameters|*", .queryParameter, fields: false),
                ContextSource(event, "body", .document, .event),
                ContextSource(event, "body", .base64Document, .event),
                ContextSource(event, "body", .quotedDocument, .event),
            ]
        } + [
            ContextSource(rest, "multiValueHeaders|*", .list, .header),
            ContextSource("alb-lambda-target-request-multivalue-headers", "multiValueHeaders|*", .list, .header),
            ContextSource(
                "alb-lambda-target-request-multivalue-headers",
                "multiValueQueryStringParameters|*",
                .list,
                .queryParameter,
                fields: false
            ),
        ]

    private static let messages: [ContextSource] = [
        ContextSource("sqs-event", "Records|0|messageAttributes|*|stringValue", .messageAttribute),
        ContextSource("sqs-event", "Records|0|body", .document, .event),
        ContextSource("sqs-event", "Records|0|body", .quotedDocument, .event),
        ContextSource("sqs-event", "Records|0|body", .notification, .event),
        ContextSource("sqs-event", "Records|0|body", .busEvent, .event),
        ContextSource("sqs-event", "Records|0|body", .notificationAttributes, .messageAttribute),
        ContextSource("sns-event", "Records|0|Sns|MessageAttributes|*|Value", .messageAttribute),
        ContextSource("sns-event", "Records|0|Sns|Message", .document, .event),
        ContextSource("sns-event", "Records|0|Sns|Message", .busEvent, .event),
        ContextSource("eventbridge-event-obj", "detail|*", .event),
    ]

    private static let kafkaRecord = "records|AWSKafkaTopic-0|0"
    private static let streams: [ContextSource] = [
        ContextSource("kinesis-event", "Records|0|kinesis|data", .base64Document, .event),
        ContextSource("dynamodb-event", "Records|0|dynamodb|NewImage|*", .attribute, .event),
        ContextSource("kafka-event", "\(kafkaRecord)|value", .base64Document, .event),
        ContextSource("kafka-event", "\(kafkaRecord)|headers|1|*", .bytes, .messageAttribute),
    ]
}

extension ContextSource {
    /// Creates a source whose values are strings.
    init(_ event: String, _ path: String, _ origin: Session.Origin, fields: Bool = true) {
        self.init(event, path, .text, origin, fields: fields)
    }
}
