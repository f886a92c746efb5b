package import FoundationEssentials
package import OTLP

/// The trigger of an invocation, which determines the event's envelope around the caller's data.
package enum Trigger: String, Sendable, CaseIterable {
    /// A direct invocation: no envelope.
    case direct
    /// API Gateway's REST APIs.
    case api
    /// A function URL, or API Gateway's HTTP APIs.
    case url
    /// An Application Load Balancer.
    case alb
    /// An SQS queue.
    case sqs
    /// An SNS topic.
    case sns
    /// An EventBridge bus.
    case eventbridge
    /// An EventBridge schedule.
    case schedule
    /// A Kinesis stream.
    case kinesis
    /// A DynamoDB stream.
    case dynamodb

    /// The request header for a caller's session id.
    private static let sessionHeader = "x-honeyhive-session-id"
    /// The key or attribute for a caller's session id.
    static let sessionKey = "session_id"

    /// Builds a trigger's event.
    ///
    /// `sessionID`: The session id, stored in this trigger's field for it; `nil` adds none.
    /// Throws ``LocalLambdaError`` when the data cannot carry the session id.
    package func event(
        data: JSONValue,
        sessionID: String?,
        _ metadata: EventMetadata
    ) throws(LocalLambdaError) -> JSONValue {
        switch self {
        case .direct: return try withSession(sessionID, in: data)
        case .api: return GatewayEvents.version1(call(data, sessionID), metadata)
        case .url: return GatewayEvents.version2(call(data, sessionID), host: "local.localhost", metadata)
        case .alb: return GatewayEvents.loadBalancer(call(data, sessionID))
        case .sqs:
            let attributes = sessionID.map { [QueueMessage.Attribute(Self.sessionKey, $0)] } ?? []
            return QueueMessage.event(
                of: [QueueMessage(body: Self.message(data), attributes: attributes, metadata)],
                queue: "local"
            )
        case .sns: return Self.notification(data, sessionID, metadata)
        case .eventbridge:
            return Self.busEvent(try withSession(sessionID, in: data), type: "Local Event", source: "local", metadata)
        case .schedule:
            let detail = try withSession(sessionID, in: data)
            return Self.busEvent(detail, type: "Scheduled Event", source: "aws.events", metadata)
        case .kinesis: return Self.streamRecord(try withSession(sessionID, in: data), metadata)
        case .dynamodb: return Self.tableChange(try withSession(sessionID, in: data), metadata)
        }
    }

    private func withSession(_ sessionID: String?, in data: JSONValue) throws(LocalLambdaError) -> JSONValue {
        guard let sessionID else { return data }
        guard case .object(var object) = data else {
            throw LocalLambdaError(.badEvent, "a session id needs data that is a JSON object; this is \(data.kind)")
        }
        object[Self.sessionKey] = .string(sessionID)
        return .object(object)
    }

    private func call(_ data: JSONValue, _ sessionID: String?) -> HTTPCall {
        var headers = [
            HTTPCall.Header("host", "local.localhost"), HTTPCall.Header("content-type", "application/json"),
            HTTPCall.Header("user-agent", "traced-lambda"),
        ]
        if let sessionID { headers.append(HTTPCall.Header(Self.sessionHeader, sessionID)) }
        return HTTPCall(method: "POST", path: "/", query: "", headers: headers, body: data.bytes)
    }

    /// The text of a message: a string unchanged, any other value as JSON.
    static func message(_ data: JSONValue) -> String { data.string ?? data.text }
}

extension Trigger {
    /// Builds the event of an SNS topic (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    static func notification(_ data: JSONValue, _ sessionID: String?, _ metadata: EventMetadata) -> JSONValue {
        let topic = "arn:aws:sns:us-east-1:\(EventMetadata.account):local"
        let attributes: JSONValue =
            sessionID.map { [sessionKey: ["Type": "String", "Value": .string($0)]] as JSONObject }
            .map(JSONValue.object) ?? [:]
        return [
            "Records": [
                [
                    "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": .string("\(topic):local"),
                    "Sns": [
                        "Type": "Notification", "MessageId": .string(metadata.id), "TopicArn": .string(topic),
                        "Subject": nil, "Message": .string(message(data)), "Timestamp": .string(metadata.isoTime),
                        "SignatureVersion": "1", "Signature": "local", "SigningCertUrl": "https://localhost/local.pem",
                        "UnsubscribeUrl": "https://localhost/", "MessageAttributes": attributes,
                    ],
                ]
            ]
        ]
    }

    /// Builds the event of an EventBridge bus
    /// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
    static func busEvent(
        _ detail: JSONValue,
        type: String,
        source: String,
        _ metadata: EventMetadata
    ) -> JSONValue {
        [
            "version": "0", "id": .string(metadata.id), "detail-type": .string(type), "source": .string(source),
            "account": .string(EventMetadata.account), "time": .string(metadata.isoTime), "region": "us-east-1",
            "resources": [], "detail": detail,
        ]
    }

    /// Builds the event of a Kinesis stream (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
    static func streamRecord(_ data: JSONValue, _ metadata: EventMetadata) -> JSONValue {
        let number = "\(metadata.epochMilliseconds)"
        return [
            "Records": [
                [
                    "kinesis": [
                        "kinesisSchemaVersion": "1.0", "partitionKey": "local", "sequenceNumber": .string(number),
                        "data": .string(Data(Array(message(data).utf8)).base64EncodedString()),
                        "approximateArrivalTimestamp": .number(JSONNumber(metadata.epochMilliseconds / 1_000)),
                    ],
                    "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record",
                    "eventID": .string("shardId-000000000000:\(number)"),
                    "invokeIdentityArn": .string("arn:aws:iam::\(EventMetadata.account):role/local"),
                    "awsRegion": "us-east-1",
                    "eventSourceARN": .string("arn:aws:kinesis:us-east-1:\(EventMetadata.account):stream/local"),
                ]
            ]
        ]
    }

    /// Builds the event of a DynamoDB stream (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
    static func tableChange(_ data: JSONValue, _ metadata: EventMetadata) -> JSONValue {
        let table = "arn:aws:dynamodb:us-east-1:\(EventMetadata.account):table/local/stream/local"
        return [
            "Records": [
                [
                    "eventID": .string(metadata.id), "eventName": "INSERT", "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
                    "dynamodb": [
                        "ApproximateCreationDateTime": .number(JSONNumber(metadata.epochMilliseconds / 1_000)),
                        "Keys": ["id": ["S": .string(metadata.id)]], "NewImage": image(data),
                        "SequenceNumber": .string("\(metadata.epochMilliseconds)"),
                        "SizeBytes": .number(JSONNumber(data.bytes.count)), "StreamViewType": "NEW_IMAGE",
                    ],
                    "eventSourceARN": .string(table),
                ]
            ]
        ]
    }

    private static func image(_ data: JSONValue) -> JSONValue {
        guard let object = data.object else { return ["data": attribute(data)] }
        return .object(JSONObject(object.members.map { .init(name: $0.name, value: attribute($0.value)) }))
    }

    private static func attribute(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: ["NULL": true]
        case .bool(let bool): ["BOOL": .bool(bool)]
        case .number(let number): ["N": .string(number.text)]
        case .string(let string): ["S": .string(string)]
        case .array(let elements): ["L": .array(elements.map(attribute))]
        case .object(let object):
            ["M": .object(JSONObject(object.members.map { .init(name: $0.name, value: attribute($0.value)) }))]
        }
    }
}

/// The time and the id of an event, which the workbench supplies.
package struct EventMetadata: Sendable, Hashable {
    /// The account id of all events of the workbench; no real account has it.
    static let account = "000000000000"

    /// The event's time.
    package let date: Date
    /// The event's id.
    package let id: String

    /// Creates the values of an event.
    package init(date: Date, id: String) {
        self.date = date
        self.id = id
    }

    var epochMilliseconds: Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded(.down)) }

    /// The time in the format of gateway logs: `12/Mar/2020:19:03:58 +0000`.
    var logTime: String {
        let fields = Calendar.gregorianUTC.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let number = min(max(fields.month ?? 1, 1), 12)
        func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
        let clock = [fields.hour, fields.minute, fields.second].map(two).joined(separator: ":")
        return "\(two(fields.day))/\(months[number - 1])/\(fields.year ?? 1_970):\(clock) +0000"
    }

    var isoTime: String { date.formatted(.iso8601) }
}

extension Calendar {
    fileprivate static var gregorianUTC: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
