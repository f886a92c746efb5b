import FoundationEssentials
import OTLP

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
