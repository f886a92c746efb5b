internal import SessionTracing
internal import WireText

/// An event with messages of a broker: Kafka, ActiveMQ or RabbitMQ.
///
/// The event contains the broker's type and the messages by topic or queue
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
enum BrokerEvent {
    static let names: [StaticString] = ["eventSource", "records", "messages", "rmqMessagesByQueue"]

    /// Reads the event; returns nil if it is not from a broker.
    static func read(_ event: EventMembers, _ settings: ReadingSettings) throws(MalformedJSON) -> FoundEvent? {
        var reading = RecordReading(settings, isBatch: true)
        switch event["eventSource"]?.text {
        case "aws:kafka", "SelfManagedKafka":
            guard let lists = event["records"]?.members else { return nil }
            reading.found.trigger.source = .kafka
            try readLists(lists, KafkaRecord.self, &reading)
        case "aws:rmq":
            guard let lists = event["rmqMessagesByQueue"]?.members else { return nil }
            reading.found.trigger.source = .rabbitMQ
            try readLists(lists, BrokerMessage.self, &reading)
        case "aws:mq":
            guard let messages = event["messages"]?.elements else { return nil }
            reading.found.trigger.source = .activeMQ
            try readList(messages, BrokerMessage.self, &reading)
        default: return nil
        }
        return reading.found
    }

    /// Reads the record lists of all topics and partitions, or of all queues.
    private static func readLists(
        _ lists: JSONReader,
        _ reader: any RecordReader.Type,
        _ reading: inout RecordReading
    ) throws(MalformedJSON) {
        var lists = lists
        while let (name, list) = try lists.nextMember() {
            // The name has the form `QUEUE::VIRTUAL_HOST`.
            if reading.found.trigger.source == .rabbitMQ, reading.found.trigger.destination == nil {
                reading.found.trigger.destination =
                    name.decoded().flatMap { $0.split(separator: "::").first.map(String.init) }
            }
            if let records = list.elements { try readList(records, reader, &reading) }
        }
    }

    private static func readList(
        _ records: JSONReader,
        _ reader: any RecordReader.Type,
        _ reading: inout RecordReading
    ) throws(MalformedJSON) {
        var records = records
        while let record = try records.nextElement() { try reading.read(record, in: &records, by: reader) }
    }
}
