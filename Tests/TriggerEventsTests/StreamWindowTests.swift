import Foundation
import SessionTracing
import Testing
import TriggerEvents

@Suite("Windows, images and pipes of streams")
struct StreamWindowTests {
    @Test("A tumbling window: its times, its state and its shard", arguments: ["kinesis", "dynamodb"])
    func window(source: String) throws {
        var event = try #require(
            JSONSerialization.jsonObject(with: Fixture.data("kinesis-time-window-event")) as? [String: Any]
        )
        if source == "dynamodb" {
            let table = try JSONSerialization.jsonObject(with: Fixture.data("dynamodb-remove")) as? [String: Any]
            event["Records"] = table?["Records"]
        }
        let batch = try JSONDecoder().decode(
            StreamBatchEvent.self,
            from: JSONSerialization.data(withJSONObject: event)
        )
        #expect(batch.records.count == 1)
        #expect(batch.window?.start == "2020-12-09T07:04:00Z" && batch.window?.end == "2020-12-09T07:06:00Z")
        #expect(batch.state == ["1": "state 1", "2": "state 2"])
        #expect(try batch.decodeState([String: String].self) == ["1": "state 1", "2": "state 2"])
        #expect(!batch.isFinalInvokeForWindow && !batch.isWindowTerminatedEarly)
        #expect(batch.shardID == "shardId-000000000006")
        #expect(batch.streamARN == "arn:aws:kinesis:us-east-1:123456789012:stream/lambda-stream")
    }

    @Test("The last invocation of a window has no records")
    func last() throws {
        let batch: StreamBatchEvent = try Fixture.event("kinesis-window-last")
        #expect(batch.records.isEmpty)
        #expect(batch.isFinalInvokeForWindow)
        #expect(batch.state == ["n": 3])
        #expect(batch.streamARN == "arn:aws:kinesis:us-east-1:0:stream/x")
        let without: StreamBatchEvent = try Fixture.event("kinesis-window-last", with: ["Records": nil])
        #expect(without.records.isEmpty)
    }

    @Test("Without a window there is no state, and the records must be there")
    func none() throws {
        let batch: StreamBatchEvent = try Fixture.event("kinesis-event")
        #expect(batch.window == nil && batch.state == nil && !batch.isFinalInvokeForWindow)
        #expect(throws: DecodingError.self) {
            let _: StreamBatchEvent = try Fixture.event("kinesis-event", with: ["Records": nil])
        }
    }

    @Test("The response has the state beside the failures")
    func response() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var response = BatchResponse(failures: ["a"])
        response.state = ["n": 4]
        let text = String(decoding: try encoder.encode(response), as: UTF8.self)
        #expect(text == #"{"batchItemFailures":[{"itemIdentifier":"a"}],"state":{"n":4}}"#)
        #expect(BatchResponse(state: ["n": 4]).batchItemFailures.isEmpty)
    }

    @Test("An expired item: the old image, and the service that removed it")
    func expired() throws {
        let batch: StreamBatchEvent = try Fixture.event("dynamodb-remove")
        let record = try #require(batch.records.first)
        #expect(record.eventName == "REMOVE" && record.isExpiration)
        #expect(record.userIdentity?.type == "Service")
        #expect(record.userIdentity?.principalID == "dynamodb.amazonaws.com")
        #expect(record.oldImage == ["session_id": .string("s-20")] && record.newImage == nil)
        #expect(record.keys == ["id": .string("1")])
        #expect(record.viewType == "NEW_AND_OLD_IMAGES" && record.size == 1)
        #expect(record.region == "us-east-1" && record.eventVersion == "1.1")
    }

    @Test("A record of Kinesis with all its fields")
    func kinesisFields() throws {
        let batch: StreamBatchEvent = try Fixture.event("kinesis-event")
        let record = try #require(batch.records.first)
        #expect(record.eventID == "shardId-000000000000:\(record.sequenceNumber)")
        #expect(record.schemaVersion == "1.0" && record.eventVersion == "1.0")
        #expect(record.invokeIdentityARN == "arn:aws:iam::123456789012:role/LambdaRole")
        #expect(record.region == "us-east-1" && record.userIdentity == nil && !record.isExpiration)
    }

    @Test("Pipes: the records of a stream with nothing around them")
    func pipes() throws {
        let kinesis: StreamBatchEvent = try Fixture.event("pipes-kinesis-event")
        #expect(kinesis.records.first?.data == Array("Hello, this is a test.".utf8))
        #expect(kinesis.records.first?.partitionKey == "1")
        #expect(kinesis.streamARN == "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream")
        let table: StreamBatchEvent = try Fixture.event("pipes-dynamodb-event")
        #expect(table.records.first?.id == "2")
        #expect(table.records.first?.newImage?["Id"] == .number("101"))
    }

    @Test("Pipes: the messages of a queue with nothing around them", arguments: ["pipes-sqs-event", "pipes-sqs-array"])
    func queue(name: String) throws {
        let batch: QueueBatchEvent = try Fixture.event(name)
        let record = try #require(batch.records.first)
        #expect(batch.records.count == 1)
        #expect(record.attributes["ApproximateReceiveCount"] == "1")
        #expect(record.region?.hasPrefix("us-east-") == true)
        #expect(record.bodyMD5 != nil && record.messageAttributesMD5 == nil)
    }

    @Test("Pipes: a batch without records")
    func empty() throws {
        #expect(try JSONDecoder().decode(QueueBatchEvent.self, from: Data("[]".utf8)).records.isEmpty)
        #expect(try JSONDecoder().decode(StreamBatchEvent.self, from: Data("[]".utf8)).records.isEmpty)
        #expect(try JSONDecoder().decode(KafkaBatchEvent.self, from: Data("[]".utf8)).records.isEmpty)
        #expect(try JSONDecoder().decode(BrokerBatchEvent.self, from: Data("[]".utf8)).records.isEmpty)
    }
}
