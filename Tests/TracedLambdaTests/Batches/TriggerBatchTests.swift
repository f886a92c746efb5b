import Foundation
import Testing
import TracedLambda
import TracedLambdaTesting

/// Runs each kind of batch through a handler, from the event to the encoded response.
@Suite("Batches of all triggers")
struct TriggerBatchTests {
    struct Failure: Error {}

    /// Fails for each record whose text is `bad`, and counts records in the state of a window.
    struct Worker<Batch: BatchEvent & Decodable>: TracedHandler where Batch.Record: TextRecord {
        func handle(_ batch: Batch, context: InvocationContext) async throws -> BatchResponse {
            var response = await context.forEachRecord(batch) { record, _ in
                if record.content == "bad" { throw Failure() }
            }
            if let stream = batch as? StreamBatchEvent, stream.window != nil {
                let count = try stream.decodeState([String: Int].self)["count"] ?? 0
                response.state = ["count": .int(count + batch.records.count)]
            }
            return response
        }
    }

    private func output<Batch>(_ worker: Worker<Batch>, _ event: TestEvent) async throws -> AttributeValue {
        try await LambdaTester(worker).invoke(event).output()
    }

    @Test("Kafka: the first failure of a partition is reported by its position")
    func kafka() async throws {
        let output = try await output(Worker<KafkaBatchEvent>(), .kafka("good", "bad", "bad", topic: "orders"))
        #expect(output == ["batchItemFailures": [["itemIdentifier": ["partition": "orders-0", "offset": 1]]]])
    }

    @Test("Kafka: a failure does not stop the other partitions")
    func partitions() async throws {
        func record(_ partition: Int, _ offset: Int, _ text: String) -> AttributeValue {
            [
                "topic": "t", "partition": .int(partition), "offset": .int(offset),
                "value": .string(Data(text.utf8).base64EncodedString()),
            ]
        }
        let event = TestEvent([
            "eventSource": "aws:kafka",
            "records": [
                "t-0": [record(0, 5, "bad"), record(0, 6, "good")], "t-1": [record(1, 7, "good"), record(1, 8, "bad")],
            ],
        ])
        let invocation = await LambdaTester(Worker<KafkaBatchEvent>()).invoke(event)
        let output: AttributeValue = try invocation.output()
        let failures: [AttributeValue] = [
            ["itemIdentifier": ["partition": "t-0", "offset": 5]],
            ["itemIdentifier": ["partition": "t-1", "offset": 8]],
        ]
        #expect(output == ["batchItemFailures": .array(failures)])
        #expect(invocation.spans.filter { $0.errorMessage != nil }.count == 2)
    }

    @Test("ActiveMQ and RabbitMQ: each message is in the session of its sender")
    func brokers() async throws {
        let sessions = ["11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"]
        let messages = sessions.map { TestMessage("good", attributes: ["session_id": $0]) }
        for event in [TestEvent.activeMQ(messages[0], messages[1]), .rabbitMQ(messages[0], messages[1])] {
            let invocation = await LambdaTester(Worker<BrokerBatchEvent>()).invoke(event)
            let output: AttributeValue = try invocation.output()
            #expect(output == ["batchItemFailures": []])
            #expect(Set(sessions).isSubset(of: Set(invocation.spans.compactMap(\.sessionID))))
        }
    }

    @Test("A window's state goes from one response into the next event")
    func window() async throws {
        let worker = Worker<StreamBatchEvent>()
        let first = try await output(worker, .kinesis("good", "good", state: [:]))
        #expect(first == ["batchItemFailures": [], "state": ["count": 2]])
        let next = try await output(worker, .kinesis("good", "bad", state: ["count": 2]))
        guard case .dictionary(let members) = next, case .array(let failures)? = members["batchItemFailures"] else {
            Issue.record("no failures")
            return
        }
        #expect(members["state"] == ["count": 4] && failures.count == 1)
        let last = try await output(worker, .kinesis(state: ["count": 4], isFinal: true))
        #expect(last == ["batchItemFailures": [], "state": ["count": 4]])
    }

    @Test("Pipes: a bare array is a batch")
    func pipes() async throws {
        guard case .dictionary(let queue) = TestEvent.sqs("good", "bad").value, let records = queue["Records"] else {
            Issue.record("no records")
            return
        }
        let output = try await output(Worker<QueueBatchEvent>(), TestEvent(records))
        #expect(output == ["batchItemFailures": [["itemIdentifier": "message-2"]]])
    }
}

/// A record with a text.
protocol TextRecord: BatchRecord {
    var content: String { get }
}

extension QueueBatchEvent.Record: TextRecord {
    var content: String { body }
}

extension StreamBatchEvent.Record: TextRecord {
    var content: String { String(decoding: data, as: UTF8.self) }
}

extension KafkaBatchEvent.Record: TextRecord {
    var content: String { String(decoding: value ?? [], as: UTF8.self) }
}

extension BrokerBatchEvent.Record: TextRecord {
    var content: String { text ?? "" }
}
