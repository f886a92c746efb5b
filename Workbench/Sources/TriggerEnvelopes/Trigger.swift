import FoundationEssentials
package import WireJSON

/// What invokes a function, and so how its event wraps the caller's data.
package enum Trigger: String, Sendable, CaseIterable {
    /// A caller that invokes the function itself: no envelope.
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

    /// The header in which a caller names its session.
    private static let sessionHeader = "x-honeyhive-session-id"
    /// The key, and the attribute, in which a caller names its session.
    private static let sessionKey = "session_id"

    /// The event of a trigger.
    ///
    /// - Parameters:
    ///   - data: The caller's data.
    ///   - sessionID: The session, put where this trigger carries one; `nil` adds none.
    ///   - moment: When, and with which id.
    /// - Returns: The event.
    /// - Throws: ``TriggerError`` when the data has no place for the session.
    package func event(
        data: JSONValue,
        sessionID: String?,
        _ moment: EventMoment
    ) throws(TriggerError) -> JSONValue {
        switch self {
        case .direct: return try withSession(sessionID, in: data)
        case .api: return GatewayEvents.version1(call(data, sessionID), moment)
        case .url: return GatewayEvents.version2(call(data, sessionID), host: "local.localhost", moment)
        case .alb: return GatewayEvents.loadBalancer(call(data, sessionID))
        case .sqs:
            let attributes = sessionID.map { [QueueMessage.Attribute(Self.sessionKey, $0)] } ?? []
            return QueueMessage.event(
                of: [QueueMessage(body: Self.message(data), attributes: attributes, moment)],
                queue: "local"
            )
        case .sns: return Self.notification(data, sessionID, moment)
        case .eventbridge:
            return Self.busEvent(try withSession(sessionID, in: data), type: "Local Event", source: "local", moment)
        case .schedule:
            let detail = try withSession(sessionID, in: data)
            return Self.busEvent(detail, type: "Scheduled Event", source: "aws.events", moment)
        case .kinesis: return Self.streamRecord(try withSession(sessionID, in: data), moment)
        case .dynamodb: return Self.tableChange(try withSession(sessionID, in: data), moment)
        }
    }

    private func withSession(_ sessionID: String?, in data: JSONValue) throws(TriggerError) -> JSONValue {
        guard let sessionID else { return data }
        guard case .object(var object) = data else {
            throw TriggerError(reason: "a session id needs data that is a JSON object; this is \(data.kind)")
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

    /// A text goes as it is, as a sender would have written it; anything else as JSON.
    private static func message(_ data: JSONValue) -> String { data.string ?? data.text }
}

/// Why there is no such event.
package struct TriggerError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}

// MARK: - Envelopes

extension Trigger {
    /// A topic's event (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    private static func notification(_ data: JSONValue, _ sessionID: String?, _ moment: EventMoment) -> JSONValue {
        let topic = "arn:aws:sns:us-east-1:\(EventMoment.account):local"
        let attributes: JSONValue =
            sessionID.map { [sessionKey: ["Type": "String", "Value": .string($0)]] as JSONObject }
            .map(JSONValue.object) ?? [:]
        return [
            "Records": [
                [
                    "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": .string("\(topic):local"),
                    "Sns": [
                        "Type": "Notification", "MessageId": .string(moment.id), "TopicArn": .string(topic),
                        "Subject": nil, "Message": .string(message(data)), "Timestamp": .string(moment.isoTime),
                        "SignatureVersion": "1", "Signature": "local", "SigningCertUrl": "https://localhost/local.pem",
                        "UnsubscribeUrl": "https://localhost/", "MessageAttributes": attributes,
                    ],
                ]
            ]
        ]
    }

    /// A bus's event (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
    private static func busEvent(
        _ detail: JSONValue,
        type: String,
        source: String,
        _ moment: EventMoment
    ) -> JSONValue {
        [
            "version": "0", "id": .string(moment.id), "detail-type": .string(type), "source": .string(source),
            "account": .string(EventMoment.account), "time": .string(moment.isoTime), "region": "us-east-1",
            "resources": [], "detail": detail,
        ]
    }

    /// A stream's event (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
    private static func streamRecord(_ data: JSONValue, _ moment: EventMoment) -> JSONValue {
        let number = "\(moment.epochMilliseconds)"
        return [
            "Records": [
                [
                    "kinesis": [
                        "kinesisSchemaVersion": "1.0", "partitionKey": "local", "sequenceNumber": .string(number),
                        "data": .string(Data(Array(message(data).utf8)).base64EncodedString()),
                        "approximateArrivalTimestamp": .number(JSONNumber(moment.epochMilliseconds / 1_000)),
                    ],
                    "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record",
                    "eventID": .string("shardId-000000000000:\(number)"),
                    "invokeIdentityArn": .string("arn:aws:iam::\(EventMoment.account):role/local"),
                    "awsRegion": "us-east-1",
                    "eventSourceARN": .string("arn:aws:kinesis:us-east-1:\(EventMoment.account):stream/local"),
                ]
            ]
        ]
    }

    /// A table's event (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
    private static func tableChange(_ data: JSONValue, _ moment: EventMoment) -> JSONValue {
        let table = "arn:aws:dynamodb:us-east-1:\(EventMoment.account):table/local/stream/local"
        return [
            "Records": [
                [
                    "eventID": .string(moment.id), "eventName": "INSERT", "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
                    "dynamodb": [
                        "ApproximateCreationDateTime": .number(JSONNumber(moment.epochMilliseconds / 1_000)),
                        "Keys": ["id": ["S": .string(moment.id)]], "NewImage": image(data),
                        "SequenceNumber": .string("\(moment.epochMilliseconds)"),
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
