internal import SessionTracing

/// Messages of a broker: Kafka, ActiveMQ, RabbitMQ.
///
/// The event tells which one it is, and has the messages by topic or queue
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html, https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
enum BrokerEvent {
    static let names: [StaticString] = ["eventSource", "records", "messages", "rmqMessagesByQueue"]

    /// - Returns: Nil when the event is of no broker.
    static func read(_ event: Document, path: SessionPath?) throws(MalformedJSON) -> FoundEvent? {
        var found = FoundEvent()
        found.trigger.isBatch = true
        switch event["eventSource"]?.shortText {
        case "aws:kafka", "SelfManagedKafka":
            guard let records = event["records"], records.kind == .object else { return nil }
            found.trigger.source = .kafka
            try readLists(records, KafkaRecord.self, path, &found)
        case "aws:rmq":
            guard let messages = event["rmqMessagesByQueue"], messages.kind == .object else { return nil }
            found.trigger.source = .rabbitMQ
            try readLists(messages, BrokerMessage.self, path, &found)
        case "aws:mq":
            guard let messages = event["messages"], messages.kind == .array else { return nil }
            found.trigger.source = .activeMQ
            try readList(messages, BrokerMessage.self, path, &found)
        default: return nil
        }
        return found
    }

    /// Reads lists by the names of their topics and partitions, or of their queues.
    private static func readLists(
        _ lists: JSONValue,
        _ reader: any RecordReader.Type,
        _ path: SessionPath?,
        _ found: inout FoundEvent
    ) throws(MalformedJSON) {
        var members = lists.members
        while let (name, list) = try members.next() {
            // `QUEUE::VIRTUAL_HOST`
            if found.trigger.source == .rabbitMQ, found.trigger.destination == nil {
                found.trigger.destination = name.decoded().flatMap { $0.split(separator: "::").first.map(String.init) }
            }
            if list.kind == .array { try readList(list, reader, path, &found) }
        }
    }

    private static func readList(
        _ list: JSONValue,
        _ reader: any RecordReader.Type,
        _ path: SessionPath?,
        _ found: inout FoundEvent
    ) throws(MalformedJSON) {
        var elements = list.elements
        while let element = try elements.next() {
            let index = found.trigger.recordCount
            found.trigger.recordCount += 1
            guard index < TriggerContext.maximumRecordCount, element.kind == .object else { continue }
            let record = try reader.read(element, path: path)
            if found.trigger.destination == nil { found.trigger.destination = record.destination }
            found.records.append(FoundEvent.Record(index: index, id: record.id ?? "", caller: record.caller))
        }
    }
}
