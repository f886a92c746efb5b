import Foundation
import Testing
import TriggerEvents

@Suite("Events that bring records")
struct BatchEventTests {
    @Test("SQS: the message, its attributes and its queue")
    func queue() throws {
        let batch: QueueBatchEvent = try Fixture.event("sqs-event")
        let message = try #require(batch.records.first)
        #expect(batch.records.count == 1)
        #expect(message.messageID == "MessageID_1")
        #expect(message.itemIdentifier == "MessageID_1")
        #expect(message.receiptHandle == "MessageReceiptHandle")
        #expect(message.body == "Message Body")
        #expect(message.attributes["ApproximateReceiveCount"] == "2")
        #expect(
            message.messageAttributes == [
                "Attribute1": .string("AttributeValue1"), "Attribute2": .number("123"),
                "Attribute3": .binary(Array("1100".utf8)),
            ]
        )
        #expect(message.queueName == "SQSQueue")
        #expect(!message.isFIFO)
        #expect(message.order == .independent)
    }

    private func message(_ members: String) throws -> QueueBatchEvent {
        let text = #"{"Records": [{"messageId": "m", "receiptHandle": "h", "body": "", \#(members)}]}"#
        return try JSONDecoder().decode(QueueBatchEvent.self, from: Data(text.utf8))
    }

    @Test("SQS: a FIFO queue's message waits for those of its group")
    func fifo() throws {
        let batch = try message(
            #""eventSourceARN": "arn:aws:sqs:r:1:q.fifo", "attributes": {"MessageGroupId": "g"}"#
        )
        #expect(batch.records.first?.isFIFO == true)
        #expect(batch.records.first?.messageGroupID == "g")
        #expect(batch.records.first?.order == .group("g"))
    }

    @Test(
        "SQS: an attribute that is not of its type is an error that names the place",
        arguments: [
            (#"{"dataType": "Binary", "binaryValue": "*"}"#, "binaryValue"), (#"{"dataType": "Odd"}"#, "dataType"),
            (#"{"dataType": ""}"#, "dataType"), (#"{"dataType": "String"}"#, "stringValue"),
        ]
    )
    func attributes(json: String, field: String) {
        let error = #expect(throws: DecodingError.self) {
            try message(#""eventSourceARN": "q", "messageAttributes": {"a": \#(json)}"#)
        }
        #expect(error?.path.hasSuffix("a.\(field)") == true, "\(error?.path ?? "")")
    }

    @Test("SQS: a type's own suffix says nothing of the form")
    func ownType() throws {
        let batch = try message(
            #""eventSourceARN": "q", "messageAttributes": {"a": {"dataType": "Number.int", "stringValue": "7"}}"#
        )
        #expect(batch.records.first?.messageAttributes["a"] == .number("7"))
    }

    @Test("Kinesis: data, place and time")
    func kinesis() throws {
        let batch: StreamBatchEvent = try Fixture.event("kinesis-event")
        let record = try #require(batch.records.first)
        #expect(batch.records.count == 2)
        #expect(record.data == Array("Hello World".utf8))
        #expect(record.partitionKey == "s1")
        #expect(record.itemIdentifier == "49568167373333333333333333333333333333333333333333333333")
        #expect(record.id == record.sequenceNumber)
        #expect(record.order == .stream)
        let arrival = try #require(record.approximateArrival)
        #expect(abs(arrival.timeIntervalSince1970 - 1_480_641_523.477) < 0.001)
    }

    @Test("DynamoDB: keys and images in every type")
    func table() throws {
        let batch: StreamBatchEvent = try Fixture.event("dynamodb-event")
        let record = try #require(batch.records.last)
        #expect(record.id == "f07f8ca4b0b26cb9c4e5e77e42f274ee")
        #expect(record.itemIdentifier == "1405400000000002063282832")
        #expect(record.eventName == "INSERT")
        #expect(record.keys == ["val": .string("data"), "key": .string("binary")])
        #expect(record.oldImage == nil)
        let image = try #require(record.newImage)
        #expect(image["asdf1"] == .binary([0, 1, 42, 65]))
        #expect(image["Boolean"] == .bool(true))
        #expect(image["BinarySet"] == .binarySet([[0, 1, 42, 65], [0, 1, 42, 65]]))
        #expect(image["List"] == .list([.string("Cookies"), .string("Coffee"), .number("3.14159")]))
        #expect(image["Map"] == .map(["Name": .string("Joe"), "Age": .number("35")]))
        #expect(image["NumberSet"] == .numberSet(["1234", "567.8"]))
        #expect(image["Null"] == .null)
        #expect(image["EmptyStringSet"] == .stringSet([]))
    }

    @Test(
        "A value that is of no type, of two, or nested without end is an error",
        arguments: [
            "{}", #"{"S": "a", "N": "1"}"#, #"{"X": 1}"#, #"{"B": "*"}"#, #"{"BS": ["*"]}"#, #"{"S": 1}"#,
            String(repeating: #"{"L": ["#, count: 10_000) + String(repeating: "]}", count: 10_000),
        ]
    )
    func values(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TableValue.self, from: Data(json.utf8)) }
    }

    @Test("The response names the failed records as Lambda wants it")
    func response() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func text(_ failures: [String]) throws -> String {
            String(decoding: try encoder.encode(BatchResponse(failures: failures)), as: UTF8.self)
        }
        #expect(try text([]) == #"{"batchItemFailures":[]}"#)
        #expect(try text(["a", "b"]) == #"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"}]}"#)
    }
}
