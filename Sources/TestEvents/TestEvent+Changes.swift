internal import CZlib
internal import SessionTracing
internal import WireText

/// Events of DocumentDB, Firehose and CloudWatch Logs.
extension TestEvent {
    // https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html
    static func documentDB(_ document: [String: AttributeValue]) -> TestEvent {
        let id: AttributeValue = ["_id": ["$oid": "000000000000000000000001"]]
        guard case .dictionary(let key) = id else { return TestEvent(id) }
        return TestEvent([
            "eventSourceArn": .string(TestValues.arn("rds", "cluster:test")),
            "events": [
                [
                    "event": [
                        "_id": ["_data": "0100000000000000010000000100000001"],
                        "clusterTime": ["$timestamp": ["t": .int(TestValues.seconds), "i": 1]],
                        "documentKey": id, "fullDocument": .dictionary(document.merging(key) { own, _ in own }),
                        "ns": ["db": "test", "coll": "test"], "operationType": "insert",
                    ]
                ]
            ],
            "eventSource": "aws:docdb",
        ])
    }

    // https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
    static func firehose(_ data: String) -> TestEvent {
        TestEvent([
            "invocationId": .string(TestValues.id(1)),
            "deliveryStreamArn": .string(TestValues.arn("firehose", "deliverystream/test")),
            "sourceKinesisStreamArn": .string(TestValues.arn("kinesis", "stream/test")),
            "region": .string(TestValues.region),
            "records": [
                [
                    "recordId": .string(TestValues.id(1)), "data": TestValues.base64(data),
                    "approximateArrivalTimestamp": .int(TestValues.milliseconds),
                    "kinesisRecordMetadata": [
                        "shardId": "shardId-000000000000", "partitionKey": "test",
                        "approximateArrivalTimestamp": .int(TestValues.milliseconds),
                        "sequenceNumber": "49546986683135544286507457936321625675700192471156785154",
                        "subsequenceNumber": 0,
                    ],
                ]
            ],
        ])
    }

    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
    static func cloudWatchLogs(_ message: String) -> TestEvent {
        let batch = TestEvent([
            "messageType": "DATA_MESSAGE", "owner": .string(TestValues.account), "logGroup": "test",
            "logStream": "test",
            "subscriptionFilters": ["test"],
            "logEvents": [
                [
                    "id": "00000000000000000000000000000000000000000000000000000001",
                    "timestamp": .int(TestValues.milliseconds), "message": .string(message),
                ]
            ],
        ])
        return TestEvent(["awslogs": ["data": .string(Base64.encode(gzip(Array(batch.json.utf8))))]])
    }

    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: czlib_gzip_bound(bytes.count)) { output, count in
            count = output.baseAddress.map { czlib_gzip(bytes, bytes.count, $0, output.count) } ?? 0
        }
    }
}
