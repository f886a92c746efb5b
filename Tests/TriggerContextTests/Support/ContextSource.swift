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
        /// The string's bytes as numbers, in an object.
        case bytesObject
        /// A list of an object with the string, as CloudFront's headers.
        case keyValues
        /// An object with the name and the string.
        case parameter
        /// A document, percent-encoded.
        case percentEncoded
        /// A Lambda destination's document with the fields in its first event.
        case destination
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

    /// True if a value at one of the two places would replace the other's.
    func overlaps(_ other: ContextSource) -> Bool {
        let (own, its) = ("\(path)|".replacing("|*|", with: "|"), "\(other.path)|".replacing("|*|", with: "|"))
        return own.hasPrefix(its) || its.hasPrefix(own)
    }

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
        case .bytesObject: return value is String ? ["bytes": "\(value)".utf8.map { Int($0) }] : value
        case .keyValues: return [["key": name, "value": value]]
        case .parameter: return ["name": name, "type": "string", "value": value]
        case .percentEncoded:
            return try Self.json(fields).addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        case .destination:
            return try Self.json(
                ["requestContext": ["condition": "Success"], "requestPayload": fields] as [String: Any]
            )
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

    static let all = http + requests + messages + streams + pipes + envelopes + conversations

    private static let rest = "apigw-request"
    private static let multiValue = "alb-lambda-target-request-multivalue-headers"
    private static let http: [ContextSource] =
        [
            rest, "apigw-v2-request-no-authorizer", "apigw-websocket-request", "apigw-websocket-request-connect",
            "apigw-websocket-request-send-message", "alb-lambda-target-request-headers-only", "vpc-lattice-v2-event",
            "function-url-event",
        ]
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
            ContextSource(rest, "requestContext|authorizer|*", .messageAttribute),
            ContextSource(rest, "requestContext|authorizer|claims|*", .messageAttribute),
            ContextSource(
                "apigw-websocket-request-send-message",
                "requestContext|authorizer|*",
                .messageAttribute
            ),
            ContextSource(
                "apigw-v2-request-no-authorizer",
                "requestContext|authorizer|lambda|*",
                .messageAttribute
            ),
            ContextSource("function-url-event", "requestContext|authorizer|jwt|claims|*", .messageAttribute),
            ContextSource("vpc-lattice-v2-event", "headers|*", .list, .header),
            ContextSource("vpc-lattice-v2-event", "queryStringParameters|*", .list, .queryParameter, fields: false),
            ContextSource("vpc-lattice-event", "headers|*", .header),
            ContextSource("vpc-lattice-event", "query_string_parameters|*", .queryParameter, fields: false),
            ContextSource("vpc-lattice-event", "body", .base64Document, .event),
            ContextSource(multiValue, "multiValueHeaders|*", .list, .header),
            ContextSource(multiValue, "multiValueQueryStringParameters|*", .list, .queryParameter, fields: false),
        ]

    private static let requests: [ContextSource] = [
        ContextSource("appsync-direct-resolver", "arguments|*", .event),
        ContextSource("appsync-direct-resolver", "arguments|input|*", .event),
        ContextSource("appsync-direct-resolver", "request|headers|*", .header),
        ContextSource("appsync-direct-resolver", "stash|*", .event),
        ContextSource("appsync-direct-resolver", "info|variables|*", .event),
        ContextSource("appsync-direct-resolver", "identity|claims|*", .messageAttribute),
        ContextSource("appsync-direct-resolver", "identity|resolverContext|*", .messageAttribute),
        ContextSource("amplify-function-event", "arguments|*", .event),
        ContextSource("amplify-function-event", "arguments|input|*", .event),
        ContextSource("amplify-function-event", "request|headers|*", .header),
        ContextSource("amplify-function-event", "identity|claims|*", .messageAttribute),
        ContextSource("amplify-function-event", "identity|resolverContext|*", .messageAttribute),
        ContextSource("appsync-direct-resolver-batch", "0|arguments|*", .event),
        ContextSource("appsync-direct-resolver-batch", "0|request|headers|*", .header),
        ContextSource("appsync-events-publish", "request|headers|*", .header),
        ContextSource("appsync-events-publish", "identity|claims|*", .messageAttribute),
        ContextSource("appsync-events-publish", "identity|handlerContext|*", .messageAttribute),
        ContextSource("appsync-authorizer-event", "requestContext|variables|*", .event),
        ContextSource("appsync-authorizer-event", "requestHeaders|*", .header),
        ContextSource("apigw-request-authorizer", "headers|*", .header),
        ContextSource("apigw-request-authorizer", "queryStringParameters|*", .queryParameter, fields: false),
        ContextSource("iot-custom-auth-request", "protocolData|http|headers|*", .header),
        ContextSource("s3-object-lambda-event-get-object-iam", "userRequest|headers|*", .header),
        ContextSource("s3-object-lambda-event-get-object-iam", "configuration|payload", .document, .event),
        ContextSource("cloudfront-event", "Records|0|cf|request|headers|*", .keyValues, .header),
        ContextSource("cloudfront-event", "Records|0|cf|request|body|data", .base64Document, .event),
    ]

    private static let messages: [ContextSource] = [
        ContextSource("sqs-event", "Records|0|messageAttributes|*|stringValue", .messageAttribute),
        ContextSource("sqs-event", "Records|0|body", .document, .event),
        ContextSource("sqs-event", "Records|0|body", .quotedDocument, .event),
        ContextSource("sqs-event", "Records|0|body", .notification, .event),
        ContextSource("sqs-event", "Records|0|body", .busEvent, .event),
        ContextSource("sqs-event", "Records|0|body", .destination, .event),
        ContextSource("sqs-event", "Records|0|body", .notificationAttributes, .messageAttribute),
        ContextSource("sns-event", "Records|0|Sns|MessageAttributes|*|Value", .messageAttribute),
        ContextSource("sns-event", "Records|0|Sns|Message", .document, .event),
        ContextSource("sns-event", "Records|0|Sns|Message", .busEvent, .event),
        ContextSource("sns-event", "Records|0|Sns|Message", .destination, .event),
        ContextSource("activemq-event", "messages|0|properties|*", .messageAttribute),
        ContextSource("activemq-event", "messages|0|data", .base64Document, .event),
        ContextSource(
            "rabbitmq-event",
            "rmqMessagesByQueue|test::/|0|basicProperties|headers|*",
            .bytesObject,
            .messageAttribute
        ),
        ContextSource("rabbitmq-event", "rmqMessagesByQueue|test::/|0|data", .base64Document, .event),
    ]

    private static let kafkaRecord = "records|AWSKafkaTopic-0|0"
    private static let streams: [ContextSource] = [
        ContextSource("kinesis-event", "Records|0|kinesis|data", .base64Document, .event),
        ContextSource("kinesis-time-window-event", "Records|0|kinesis|data", .base64Document, .event),
        ContextSource("kinesis-firehose-event", "records|0|data", .base64Document, .event),
        ContextSource("dynamodb-event", "Records|0|dynamodb|NewImage|*", .attribute, .event),
        ContextSource("dynamodb-event", "Records|0|dynamodb|OldImage|*", .attribute, .event),
        ContextSource("dynamodb-event", "Records|0|dynamodb|Keys|*", .attribute, .event),
        ContextSource("documentdb-insert-event", "events|0|event|fullDocument|*", .event),
        ContextSource("documentdb-update-event", "events|0|event|fullDocument|*", .event),
        ContextSource("documentdb-update-event", "events|0|event|updateDescription|updatedFields|*", .event),
        ContextSource("documentdb-update-event", "events|0|event|documentKey|*", .event),
        ContextSource("kafka-event", "\(kafkaRecord)|value", .base64Document, .event),
        ContextSource("kafka-event", "\(kafkaRecord)|headers|1|*", .bytes, .messageAttribute),
        ContextSource("kafka-self-managed-event", "records|mytopic-0|0|value", .base64Document, .event),
        ContextSource("kafka-self-managed-event", "records|mytopic-0|0|headers|1|*", .bytes, .messageAttribute),
    ]

    private static let pipes: [ContextSource] = [
        ContextSource("pipes-sqs-event", "0|body", .document, .event),
        ContextSource("pipes-sqs-event", "0|messageAttributes|*|stringValue", .messageAttribute),
        ContextSource("pipes-kinesis-event", "0|data", .base64Document, .event),
        ContextSource("pipes-dynamodb-event", "0|dynamodb|NewImage|*", .attribute, .event),
        ContextSource("pipes-dynamodb-event", "0|dynamodb|OldImage|*", .attribute, .event),
        ContextSource("pipes-kafka-event", "0|value", .base64Document, .event),
        ContextSource("pipes-kafka-event", "0|headers|1|*", .bytes, .messageAttribute),
        ContextSource("pipes-activemq-event", "0|data", .base64Document, .event),
        ContextSource("pipes-activemq-event", "0|properties|*", .messageAttribute),
        ContextSource("pipes-rabbitmq-event", "0|data", .base64Document, .event),
        ContextSource("pipes-rabbitmq-event", "0|basicProperties|headers|*", .bytesObject, .messageAttribute),
    ]

    private static let envelopes: [ContextSource] = [
        ContextSource("eventbridge-event-obj", "detail|*", .event),
        ContextSource("eventbridge-event-obj", "detail", .destination, .event),
        ContextSource("eventbridge-scheduler-default", "detail", .document, .event),
        ContextSource("eventbridge-schedule", "detail|*", .event),
        ContextSource("lambda-destination-event", "requestPayload|*", .event),
        ContextSource("lambda-destination-event", "requestPayload", .notification, .event),
        ContextSource("lambda-destination-event", "responsePayload|*", .event),
        ContextSource("stepfunctions-context-event", "*", .event),
        ContextSource("stepfunctions-context-event", "Execution|Input|*", .event),
        ContextSource("stepfunctions-batch-event", "BatchInput|*", .event),
        ContextSource(
            "durable-execution-event",
            "InitialExecutionState|Operations|0|ExecutionDetails|InputPayload",
            .document,
            .event
        ),
        ContextSource("s3-batch-job-event-request-2.0", "job|userArguments|*", .event),
        ContextSource("s3-batch-job-event-request-2.0", "tasks|0|s3Key", .percentEncoded, .event),
        ContextSource(
            "codepipeline-job-event",
            "CodePipeline.job|data|actionConfiguration|configuration|UserParameters",
            .document,
            .event
        ),
        ContextSource("codepipeline-job-event", "CodePipeline.job|data|continuationToken", .document, .event),
        ContextSource("config-event", "ruleParameters", .document, .event),
    ]

    private static let conversations: [ContextSource] = [
        ContextSource("bedrock-agent-event", "sessionAttributes|*", .event),
        ContextSource("bedrock-agent-event", "promptSessionAttributes|*", .event),
        ContextSource("bedrock-agent-event", "parameters|1", .parameter, .event),
        ContextSource(
            "bedrock-agent-event",
            "requestBody|content|application/json|properties|1",
            .parameter,
            .event
        ),
        ContextSource("bedrock-flow-event", "node|inputs|1", .parameter, .event),
        ContextSource("bedrock-flow-event", "node|inputs|0|value|*", .event),
        ContextSource("lex-v2-event", "sessionState|sessionAttributes|*", .event),
        ContextSource("lex-v2-event", "requestAttributes|*", .event),
        ContextSource("lex-event", "sessionAttributes|*", .event),
        ContextSource("lex-event", "requestAttributes|*", .event),
        ContextSource("connect-event", "Details|Parameters|*", .event),
        ContextSource("connect-event", "Details|ContactData|Attributes|*", .event),
        ContextSource("cognito-event-userpools-presignup", "request|clientMetadata|*", .event),
        ContextSource("cognito-event-userpools-presignup", "request|validationData|*", .event),
        ContextSource("cognito-event-userpools-presignup", "request|userAttributes|*", .event),
        ContextSource("cognito-event-userpools-define-auth-challenge", "request|clientMetadata|*", .event),
        ContextSource("alexa-launch-request", "session|attributes|*", .event),
    ]
}

extension ContextSource {
    /// Creates a source whose values are strings.
    init(_ event: String, _ path: String, _ origin: Session.Origin, fields: Bool = true) {
        self.init(event, path, .text, origin, fields: fields)
    }
}
