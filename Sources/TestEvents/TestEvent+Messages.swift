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
        sqs(all: messages, queue: queue)
    }

    /// Makes the event of an SQS queue.
    @_spi(Workbench)
    public static func sqs(all messages: [TestMessage], queue: String) -> TestEvent {
        records(messages) { message, number in
            let sent = String(message.sentMilliseconds ?? TestValues.milliseconds)
            var attributes: [String: AttributeValue] = [
                "ApproximateReceiveCount": .string(String(message.receiveCount)), "SentTimestamp": .string(sent),
                "SenderId": "AIDAEXAMPLE", "ApproximateFirstReceiveTimestamp": .string(sent),
            ]
            if queue.hasSuffix(".fifo") {
                attributes["MessageGroupId"] = "test"
                attributes["MessageDeduplicationId"] = .string("test-\(number)")
                attributes["SequenceNumber"] = .string("\(18_000_000_000_000_000 + number)")
            }
            let id = message.id ?? "message-\(number)"
            var record: [String: AttributeValue] = [
                "messageId": .string(id),
                "receiptHandle": .string("receipt-\(message.id ?? String(number))-\(message.receiveCount)"),
                "body": .string(message.body), "attributes": .dictionary(attributes),
                "messageAttributes": message.attributes.json { value in
                    [
                        "stringValue": .string(value), "stringListValues": [], "binaryListValues": [],
                        "dataType": "String",
                    ]
                },
                "md5OfBody": .string(MD5.hex(of: Array(message.body.utf8))), "eventSource": "aws:sqs",
                "eventSourceARN": .string(TestValues.arn("sqs", queue)), "awsRegion": .string(TestValues.region),
            ]
            if !message.attributes.isEmpty { record["md5OfMessageAttributes"] = .string(digest(message.attributes)) }
            return .dictionary(record)
        }
    }

    /// Returns SQS's digest of attributes of type String
    /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation).
    private static func digest(_ attributes: [String: String]) -> String {
        func measured(_ text: String) -> [UInt8] {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.utf8.count).bigEndian) { Array($0) } + Array(text.utf8)
        }
        // 1 stands for a text.
        let fields = attributes.sorted { $0.key < $1.key }.map {
            measured($0.key) + measured("String") + [1] + measured($0.value)
        }
        return MD5.hex(of: Array(fields.joined()))
    }

    /// Makes the event of an SNS topic (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - subject: The message's subject; nil if it has none.
    ///   - topic: The topic's name.
    /// - Returns: The event.
    public static func sns(_ message: TestMessage, subject: String? = nil, topic: String = "test") -> TestEvent {
        records([message]) { message, number in
            [
                "EventSource": "aws:sns", "EventVersion": "1.0",
                "EventSubscriptionArn": .string("\(TestValues.arn("sns", topic)):\(TestValues.id(number))"),
                "Sns": notification(message, subject: subject, topic: topic).value,
            ]
        }
    }

    /// Makes an SNS message.
    static func notification(_ message: TestMessage, subject: String? = nil, topic: String = "test") -> TestEvent {
        TestEvent([
            "Type": "Notification", "MessageId": .string(message.id ?? TestValues.id(1)),
            "TopicArn": .string(TestValues.arn("sns", topic)), "Subject": subject.map { .string($0) } ?? .null,
            "Message": .string(message.body), "Timestamp": .string(TestValues.preciseTime), "SignatureVersion": "1",
            "Signature": "test", "SigningCertURL": "https://sns.us-east-1.amazonaws.com/test.pem",
            "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
            "MessageAttributes": message.attributes.json { ["Type": "String", "Value": .string($0)] },
        ])
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
        schedule(detail: [:], rule: rule)
    }

    /// Makes the event of a rule with a schedule, with data as an input transformer adds it.
    static func schedule(detail: AttributeValue, rule: String = "test") -> TestEvent {
        bus(detail, "Scheduled Event", "aws.events", resources: [.string(TestValues.arn("events", "rule/\(rule)"))])
    }

    /// Makes the event of a schedule of EventBridge Scheduler, whose detail is a text.
    static func scheduler(detail: String) -> TestEvent {
        let schedule = TestValues.arn("scheduler", "schedule/default/test")
        return bus(.string(detail), "Scheduled Event", "aws.scheduler", resources: [.string(schedule)])
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
                    "eventTime": .string(TestValues.preciseTime), "eventName": "ObjectCreated:Put",
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
