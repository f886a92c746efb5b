import Foundation
import SessionTracing
import Testing
import TriggerEvents

@Suite("Batches of Kafka and of brokers")
struct BrokerBatchEventTests {
    @Test("Kafka: topic, position, key, value and headers")
    func kafka() throws {
        let batch: KafkaBatchEvent = try Fixture.event("kafka-event")
        let record = try #require(batch.records.first)
        #expect(batch.clusterARN?.contains(":cluster/ExampleMSKCluster/") == true)
        #expect(batch.bootstrapServers.count == 2)
        #expect(record.topic == "AWSKafkaTopic" && record.partition == 0 && record.offset == 0)
        #expect(record.id == "AWSKafkaTopic-0-0")
        #expect(record.order == .partition("AWSKafkaTopic-0"))
        #expect(record.key == Array("8d5596b4-1813-4238-b24b-6dad8e3d1c0c".utf8))
        #expect(record.value == record.key)
        #expect(record.timestampType == "CREATE_TIME")
        #expect(abs((record.timestamp?.timeIntervalSince1970 ?? 0) - 1_595_035_749.7) < 0.001)
        #expect(record.headers.map(\.name) == ["headerKey"])
        #expect(record.headers.first?.text == "headerValue")
    }

    @Test("Kafka: a self-managed cluster has no ARN")
    func selfManaged() throws {
        let batch: KafkaBatchEvent = try Fixture.event("kafka-self-managed-event")
        #expect(batch.clusterARN == nil)
        #expect(batch.records.map(\.id) == ["mytopic-0-15"])
    }

    private func record(_ members: String) throws -> KafkaBatchEvent.Record {
        let text = #"[{"topic": "t", "partition": "1", "offset": "7", \#(members)}]"#
        return try #require(JSONDecoder().decode(KafkaBatchEvent.self, from: Data(text.utf8)).records.first)
    }

    @Test("Kafka: a record that deletes its key has no value")
    func tombstone() throws {
        let record = try record(#""key": "YQ==", "value": null"#)
        #expect(record.value == nil && record.key == [97])
        #expect(record.partition == 1 && record.offset == 7)
        #expect(record.headers.isEmpty)
    }

    @Test(
        "Kafka: the bytes of a header are numbers with or without sign, or their digits, in lists or objects",
        arguments: [
            #"[{"h": [-61, 169]}]"#, #"[{"h": [195, 169]}]"#, #"[{"h": ["195", "169"]}]"#,
            #"[{"h": {"0": "195", "1": 169}}]"#, #"{"0": {"h": [195, 169]}}"#,
        ]
    )
    func headerBytes(json: String) throws {
        #expect(try record(#""value": null, "headers": \#(json)"#).headers.first?.text == "é")
    }

    @Test("Kafka: a header that is no list of bytes is an error", arguments: ["[256]", #"["x"]"#, "[null]"])
    func invalidBytes(json: String) {
        #expect(throws: DecodingError.self) { try record(#""value": null, "headers": [{"h": \#(json)}]"#) }
    }

    @Test("Kafka: partitions in objects with indices, as the Java runtime's own events have them")
    func indexed() throws {
        let text =
            #"{"records": {"t-0": {"1": {"topic": "t", "partition": 0, "offset": 2, "value": null}, "#
            + #""0": {"topic": "t", "partition": 0, "offset": 1, "value": null}}}}"#
        let batch = try JSONDecoder().decode(KafkaBatchEvent.self, from: Data(text.utf8))
        #expect(batch.records.map(\.offset) == [1, 2])
    }

    @Test("Kafka: a failure is named by partition and offset")
    func failure() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let failure = try record(#""value": null"#).failure
        let text = String(decoding: try encoder.encode(failure), as: UTF8.self)
        #expect(text == #"{"itemIdentifier":{"offset":7,"partition":"t-1"}}"#)
        #expect(failure.itemIdentifier == "t-1-7")
    }

    @Test("ActiveMQ: the message, its queue and its properties, with either name of the source")
    func activeMQ() throws {
        let batch: BrokerBatchEvent = try Fixture.event("activemq-event")
        let message = try #require(batch.records.first)
        #expect(batch.brokerARN?.contains(":broker:shask-test:") == true)
        #expect(message.queue == "testQueue" && message.virtualHost == nil)
        #expect(message.text == "Enter some text here for the message body...")
        #expect(message.properties == ["testKey": "testValue"])
        #expect(message.id.hasPrefix("ID:b-0f5b7522"))
        #expect(message.fields["messageType"] == "jms/text-message")
        #expect(message.fields["brokerInTime"] == 1_599_863_938_943)
        #expect(message.fields["data"] == nil)
        #expect(!message.isRedelivered)
        let other: BrokerBatchEvent = try Fixture.event("activemq")
        #expect(other.records.first?.queue == "q")
        #expect(other.records.first?.text == #"{"session_id":"s-12"}"#)
    }

    @Test("RabbitMQ: the message, its queue and host, and its headers as text")
    func rabbitMQ() throws {
        let batch: BrokerBatchEvent = try Fixture.event("rabbitmq-event")
        let message = try #require(batch.records.first)
        #expect(message.queue == "test" && message.virtualHost == "/")
        #expect(message.properties == ["header1": "value1", "header2": "value2", "numberInHeader": "10"])
        #expect(message.id.isEmpty && message.correlationID == nil)
        #expect(message.order == .independent)
        guard case .dictionary(let basic) = message.fields["basicProperties"] else {
            Issue.record("no properties")
            return
        }
        #expect(basic["contentType"] == "text/plain" && basic["bodySize"] == 80)
    }

    @Test("Pipes: the messages of a broker with nothing around them")
    func pipes() throws {
        let active: BrokerBatchEvent = try Fixture.event("pipes-activemq-event")
        #expect(active.brokerARN?.hasPrefix("arn:aws:mq:") == true)
        #expect(active.records.first?.queue == "testQueue")
        #expect(active.records.first?.text == "ABC:AAAA")
        let rabbit: BrokerBatchEvent = try Fixture.event("pipes-rabbitmq-event")
        #expect(rabbit.records.first?.queue == "pizzaQueue")
        #expect(rabbit.records.first?.properties["header1"] == "value1")
    }
}
