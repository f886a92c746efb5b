public import SessionTracing

extension TestEvent {
    /// Makes the event of an SQS queue (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
    ///
    /// The messages have the ids `message-1`, `message-2` and so on.
    ///
    /// - Parameters:
    ///   - messages: The messages.
    ///   - queue: The queue's name; a name that ends in `.fifo` is a FIFO queue, whose messages have one group.
    /// - Returns: The event.
    public static func sqs(_ messages: TestMessage..., queue: String = "test") -> TestEvent {
        records(messages) { message, number in
            var attributes: [String: AttributeValue] = [
                "ApproximateReceiveCount": "1", "SentTimestamp": .string("\(TestValues.milliseconds)"),
                "SenderId": "AIDAEXAMPLE", "ApproximateFirstReceiveTimestamp": .string("\(TestValues.milliseconds)"),
            ]
            if queue.hasSuffix(".fifo") {
                attributes["MessageGroupId"] = "test"
                attributes["MessageDeduplicationId"] = .string("test-\(number)")
                attributes["SequenceNumber"] = .string("\(18_000_000_000_000_000 + number)")
            }
            return .dictionary([
                "messageId": .string("message-\(number)"), "receiptHandle": .string("receipt-\(number)"),
                "body": .string(message.body), "attributes": .dictionary(attributes),
                "messageAttributes": message.attributes.json { value in
                    [
                        "stringValue": .string(value), "stringListValues": [], "binaryListValues": [],
                        "dataType": "String",
                    ]
                },
                "md5OfBody": "00000000000000000000000000000000", "eventSource": "aws:sqs",
                "eventSourceARN": .string(TestValues.arn("sqs", queue)), "awsRegion": .string(TestValues.region),
            ])
        }
    }

    /// Makes the event of an SNS topic (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - subject: The message's subject; nil if it has none.
    ///   - topic: The topic's name.
    /// - Returns: The event.
    public static func sns(_ message: TestMessage, subject: String? = nil, topic: String = "test") -> TestEvent {
        let arn = TestValues.arn("sns", topic)
        return records([message]) { message, number in
            .dictionary([
                "EventSource": "aws:sns", "EventVersion": "1.0",
                "EventSubscriptionArn": .string("\(arn):\(TestValues.id(number))"),
                "Sns": .dictionary([
                    "Type": "Notification", "MessageId": .string(TestValues.id(number)), "TopicArn": .string(arn),
                    "Subject": subject.map { .string($0) } ?? .null, "Message": .string(message.body),
                    "Timestamp": "2026-01-01T00:00:00.000Z", "SignatureVersion": "1", "Signature": "test",
                    "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/test.pem",
                    "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
                    "MessageAttributes": message.attributes.json { ["Type": "String", "Value": .string($0)] },
                ]),
            ])
        }
    }

    /// Makes the event of an EventBridge bus
    /// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
    ///
    /// - Parameters:
    ///   - detail: The caller's data; its `session_id` names the session.
    ///   - type: The `detail-type`.
    ///   - source: The source.
    /// - Returns: The event.
    public static func eventBridge(
        detail: AttributeValue,
        type: String = "Test Event",
        source: String = "test"
    ) -> TestEvent {
        bus(detail, type, source, resources: [])
    }

    /// Makes the event of an EventBridge rule with a schedule
    /// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html).
    ///
    /// - Parameter rule: The rule's name.
    /// - Returns: The event.
    public static func schedule(rule: String = "test") -> TestEvent {
        bus([:], "Scheduled Event", "aws.events", resources: [.string(TestValues.arn("events", "rule/\(rule)"))])
    }

    /// Makes the event of a bucket in which an object was put
    /// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
    ///
    /// - Parameters:
    ///   - key: The object's key, as it is in the event: percent-encoded, with `+` for a space.
    ///   - bucket: The bucket's name.
    ///   - size: The object's size in bytes.
    /// - Returns: The event.
    public static func s3(key: String, bucket: String = "test", size: Int = 1_024) -> TestEvent {
        TestEvent([
            "Records": [
                [
                    "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": .string(TestValues.region),
                    "eventTime": "2026-01-01T00:00:00.000Z", "eventName": "ObjectCreated:Put",
                    "userIdentity": ["principalId": "EXAMPLE"],
                    "requestParameters": ["sourceIPAddress": .string(TestValues.sourceIP)],
                    "responseElements": ["x-amz-request-id": "EXAMPLE", "x-amz-id-2": "EXAMPLE"],
                    "s3": [
                        "s3SchemaVersion": "1.0", "configurationId": "test",
                        "bucket": [
                            "name": .string(bucket), "ownerIdentity": ["principalId": "EXAMPLE"],
                            "arn": .string("arn:aws:s3:::\(bucket)"),
                        ],
                        "object": [
                            "key": .string(key), "size": .int(size), "eTag": "0123456789abcdef0123456789abcdef",
                            "sequencer": "0A1B2C3D4E5F678901",
                        ],
                    ],
                ]
            ]
        ])
    }

    private static func bus(
        _ detail: AttributeValue,
        _ type: String,
        _ source: String,
        resources: [AttributeValue]
    ) -> TestEvent {
        TestEvent([
            "version": "0", "id": .string(TestValues.id(1)), "detail-type": .string(type), "source": .string(source),
            "account": .string(TestValues.account), "time": .string(TestValues.time),
            "region": .string(TestValues.region), "resources": .array(resources), "detail": detail,
        ])
    }

    /// Makes an event with `Records`, numbered from 1.
    static func records<Item>(_ items: [Item], _ record: (Item, Int) -> AttributeValue) -> TestEvent {
        TestEvent(["Records": .array(items.enumerated().map { record($0.element, $0.offset + 1) })])
    }
}
