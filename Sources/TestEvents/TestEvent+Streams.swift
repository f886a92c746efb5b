public import SessionTracing
internal import WireText

extension TestEvent {
    /// Makes the event of a Kinesis stream (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
    ///
    /// - Parameters:
    ///   - data: The data of each record, such as a JSON object; its `session_id` names the session.
    ///   - stream: The stream's name.
    ///   - state: The state of a tumbling window; nil for an event without a window
    ///     (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html).
    ///   - isFinal: True for the last invocation of a window.
    /// - Returns: The event.
    public static func kinesis(
        _ data: String...,
        stream: String = "test",
        state: AttributeValue? = nil,
        isFinal: Bool = false
    ) -> TestEvent {
        let arn = TestValues.arn("kinesis", "stream/\(stream)")
        let event = records(data) { data, number in
            let sequence = sequenceNumber(number)
            return [
                "kinesis": [
                    "kinesisSchemaVersion": "1.0", "partitionKey": "test", "sequenceNumber": .string(sequence),
                    "data": TestValues.base64(data), "approximateArrivalTimestamp": .int(TestValues.seconds),
                ],
                "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record",
                "eventID": .string("\(shard):\(sequence)"),
                "invokeIdentityArn": .string("arn:aws:iam::\(TestValues.account):role/test"),
                "awsRegion": .string(TestValues.region), "eventSourceARN": .string(arn),
            ]
        }
        return event.windowed(state, isFinal, arn)
    }

    /// Makes the event of a DynamoDB stream with one change (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
    ///
    /// Without an old image the change is an `INSERT`, without a new one a `REMOVE`, otherwise a `MODIFY`.
    ///
    /// - Parameters:
    ///   - newImage: The item after the change; nil if it was removed. Its `session_id` names the session.
    ///   - oldImage: The item before the change; nil if it was inserted.
    ///   - keys: The item's primary key.
    ///   - isExpiration: True if the item was removed at the end of its time to live.
    ///   - table: The table's name.
    ///   - state: The state of a tumbling window; nil for an event without a window.
    ///   - isFinal: True for the last invocation of a window.
    /// - Returns: The event.
    public static func dynamoDB(
        newImage: [String: AttributeValue]?,
        oldImage: [String: AttributeValue]? = nil,
        keys: [String: AttributeValue] = ["id": "1"],
        isExpiration: Bool = false,
        table: String = "test",
        state: AttributeValue? = nil,
        isFinal: Bool = false
    ) -> TestEvent {
        let name = newImage == nil ? "REMOVE" : oldImage == nil ? "INSERT" : "MODIFY"
        let arn = TestValues.arn("dynamodb", "table/\(table)/stream/2026-01-01T00:00:00.000")
        var change: [String: AttributeValue] = [
            "ApproximateCreationDateTime": .int(TestValues.seconds), "Keys": item(keys),
            "SequenceNumber": .string(sequenceNumber(1)), "SizeBytes": 64, "StreamViewType": "NEW_AND_OLD_IMAGES",
        ]
        if let newImage { change["NewImage"] = item(newImage) }
        if let oldImage { change["OldImage"] = item(oldImage) }
        var record: [String: AttributeValue] = [
            "eventID": "00000000000000000000000000000001", "eventName": .string(name), "eventVersion": "1.1",
            "eventSource": "aws:dynamodb", "awsRegion": .string(TestValues.region), "dynamodb": .dictionary(change),
            "eventSourceARN": .string(arn),
        ]
        if isExpiration { record["userIdentity"] = ["type": "Service", "principalId": "dynamodb.amazonaws.com"] }
        return TestEvent(["Records": [.dictionary(record)]]).windowed(state, isFinal, arn)
    }

    /// Makes the event of a Kafka topic of Amazon MSK (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html).
    ///
    /// The records have the offsets 0, 1 and so on of partition 0.
    ///
    /// - Parameters:
    ///   - records: The records; their fields are headers.
    ///   - topic: The topic's name.
    /// - Returns: The event.
    public static func kafka(_ records: TestMessage..., topic: String = "test") -> TestEvent {
        let list = records.enumerated().map { offset, record -> AttributeValue in
            let headers = record.attributes.sorted { $0.key < $1.key }.map { name, value -> AttributeValue in
                .dictionary([name: .array(value.utf8.map { .int(Int($0)) })])
            }
            return [
                "topic": .string(topic), "partition": 0, "offset": .int(offset),
                "timestamp": .int(TestValues.milliseconds), "timestampType": "CREATE_TIME", "key": "dGVzdA==",
                "value": TestValues.base64(record.body), "headers": .array(headers),
            ]
        }
        return TestEvent([
            "eventSource": "aws:kafka",
            "eventSourceArn": .string(TestValues.arn("kafka", "cluster/test/\(TestValues.id(1))-1")),
            "bootstrapServers": "b-1.test.kafka.us-east-1.amazonaws.com:9092",
            "records": .dictionary(["\(topic)-0": .array(list)]),
        ])
    }

    /// Makes the event of an ActiveMQ queue of Amazon MQ (https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
    ///
    /// - Parameters:
    ///   - messages: The messages; their fields are properties.
    ///   - queue: The queue's name.
    /// - Returns: The event.
    public static func activeMQ(_ messages: TestMessage..., queue: String = "test") -> TestEvent {
        let list = messages.enumerated().map { index, message -> AttributeValue in
            [
                "messageID": .string("ID:test:1:1:1:\(index + 1)"), "messageType": "jms/text-message",
                "timestamp": .int(TestValues.milliseconds), "deliveryMode": 1, "correlationID": "", "replyTo": "null",
                "destination": ["physicalName": .string(queue)], "redelivered": false, "type": "", "expiration": 0,
                "priority": 0, "data": TestValues.base64(message.body), "brokerInTime": .int(TestValues.milliseconds),
                "brokerOutTime": .int(TestValues.milliseconds), "properties": message.attributes.json(),
            ]
        }
        return TestEvent([
            "eventSource": "aws:mq",
            "eventSourceArn": .string(TestValues.arn("mq", "broker:test:b-\(TestValues.id(1))")),
            "messages": .array(list),
        ])
    }

    /// Makes the event of a RabbitMQ queue of Amazon MQ (https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
    ///
    /// - Parameters:
    ///   - messages: The messages; their fields are headers.
    ///   - queue: The queue's name, in the virtual host `/`.
    /// - Returns: The event.
    public static func rabbitMQ(_ messages: TestMessage..., queue: String = "test") -> TestEvent {
        let list = messages.map { message -> AttributeValue in
            [
                "basicProperties": [
                    "contentType": "text/plain", "contentEncoding": nil,
                    "headers": message.attributes.json { ["bytes": .array($0.utf8.map { .int(Int($0)) })] },
                    "deliveryMode": 1, "priority": 0, "correlationId": nil, "replyTo": nil, "expiration": nil,
                    "messageId": nil, "timestamp": "Jan 1, 2026, 12:00:00 AM", "type": nil, "userId": nil,
                    "appId": nil, "clusterId": nil, "bodySize": .int(message.body.utf8.count),
                ],
                "redelivered": false, "data": TestValues.base64(message.body),
            ]
        }
        return TestEvent([
            "eventSource": "aws:rmq",
            "eventSourceArn": .string(TestValues.arn("mq", "broker:test:b-\(TestValues.id(1))")),
            "rmqMessagesByQueue": .dictionary(["\(queue)::/": .array(list)]),
        ])
    }

    private static let shard = "shardId-000000000000"

    private static func sequenceNumber(_ number: Int) -> String {
        "49590338271490256608559692538361571095\(TestValues.milliseconds)\(10_000 + number)"
    }

    private func windowed(_ state: AttributeValue?, _ isFinal: Bool, _ arn: String) -> TestEvent {
        guard let state, case .dictionary(var event) = value else { return self }
        event["window"] = [
            "start": .string(TestValues.time),
            "end": .string(DateText.iso8601(unixSeconds: Double(TestValues.seconds + 120))),
        ]
        event["state"] = state
        event["shardId"] = .string(Self.shard)
        event["eventSourceARN"] = .string(arn)
        event["isFinalInvokeForWindow"] = .bool(isFinal)
        event["isWindowTerminatedEarly"] = false
        return TestEvent(.dictionary(event))
    }

    private static func item(_ values: [String: AttributeValue]) -> AttributeValue {
        .dictionary(values.mapValues(attribute))
    }

    /// The value in DynamoDB's form.
    private static func attribute(_ value: AttributeValue) -> AttributeValue {
        switch value {
        case .null: ["NULL": true]
        case .bool: ["BOOL": value]
        case .int(let number): ["N": .string(String(number))]
        case .double(let number): ["N": .string(String(number))]
        case .string: ["S": value]
        case .array(let elements): ["L": .array(elements.map(attribute))]
        case .dictionary(let members): ["M": item(members)]
        }
    }
}
