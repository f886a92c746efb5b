internal import SessionTracing
internal import WireText

/// An event with a list of records, each with its source: SQS, SNS, Kinesis, DynamoDB streams or S3.
enum RecordsEvent {
    static let names: [StaticString] = ["Records"]

    /// Reads the event; returns nil if it is not a list of records from a known service.
    static func read(_ event: EventMembers, _ settings: ReadingSettings) throws(MalformedJSON) -> FoundEvent? {
        guard var records = event["Records"]?.elements, let first = try records.nextElement(),
            let (source, reader) = try recognise(first)
        else { return nil }
        var reading = RecordReading(settings, isBatch: reader.isBatch)
        reading.found.trigger.source = source
        try reading.read(first, in: &records, by: reader)
        while let record = try records.nextElement() { try reading.read(record, in: &records, by: reader) }
        return reading.found
    }

    private static let readers: [(name: String, source: Trigger.Source, reader: any RecordReader.Type)] = [
        ("aws:sqs", .sqs, QueueRecord.self),
        ("aws:sns", .sns, TopicRecord.self),
        ("aws:kinesis", .kinesis, StreamRecord.self),
        ("aws:dynamodb", .dynamoDB, TableRecord.self),
        ("aws:s3", .s3, BucketRecord.self),
    ]

    private static func recognise(
        _ record: JSONValue
    ) throws(MalformedJSON) -> (source: Trigger.Source, reader: any RecordReader.Type)? {
        var source = try record.member("eventSource")
        if source == nil { source = try record.member("EventSource") }
        let name = source?.text
        return readers.first { $0.name == name }.map { ($0.source, $0.reader) }
    }
}

/// Reads the records of an event one by one.
struct RecordReading: ~Copyable {
    var found = FoundEvent()
    private var messages: MessageReader
    private let propagators: Propagators

    init(_ settings: ReadingSettings, isBatch: Bool) {
        messages = MessageReader(path: settings.path)
        propagators = settings.propagators
        found.trigger.isBatch = isBatch
    }

    /// Reads one record; an invalid record, or one beyond the limit, is only counted.
    ///
    /// - Parameters:
    ///   - record: The element last taken from the list.
    ///   - list: The list; it continues after the record.
    ///   - reader: The reader for the event's source.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    mutating func read(
        _ record: JSONValue,
        in list: inout JSONReader,
        by reader: any RecordReader.Type
    ) throws(MalformedJSON) {
        let index = found.trigger.recordCount
        found.trigger.recordCount += 1
        guard index < TriggerContext.maximumRecordCount, var members = record.members else { return }
        var read = FoundRecord()
        try reader.read(&members, &messages, into: &read)
        list.resume(behind: members)
        if found.trigger.destination == nil {
            found.trigger.destination = read.destination ?? reader.destination(ofARN: read.arn?.decoded())
        }
        guard reader.hasContext else { return }
        found.hints.note(read.hints.unusable)
        found.records.append(RecordContext(read, index: index, propagators: propagators))
    }
}

/// The data found in one record.
struct FoundRecord {
    var id: String?
    var hints = CallerHints()
    /// The queue, topic, stream, table or bucket of the record.
    var destination: String?
    /// The ARN of the destination, not yet parsed: one is enough for a batch.
    var arn: JSONText?
}

/// Reads the records of one service.
protocol RecordReader: SendableMetatype {
    /// True if the service collects records in batches instead of invoking the function for each.
    static var isBatch: Bool { get }
    /// True if the records can contain a caller's context.
    static var hasContext: Bool { get }

    /// Reads a record to its end.
    ///
    /// - Parameters:
    ///   - members: The record's members.
    ///   - messages: Reads the record's message.
    ///   - found: Receives the data.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON)
    /// Returns the destination's name from an ARN.
    static func destination(ofARN arn: String?) -> String?
}

extension RecordReader {
    static var isBatch: Bool { true }
    static var hasContext: Bool { true }

    static func destination(ofARN arn: String?) -> String? { resource(ofARN: arn) }

    /// Returns an ARN's resource, the part after the account.
    static func resource(ofARN arn: String?) -> String? {
        // The form is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
        guard let parts = arn?.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false), parts.count == 6
        else { return nil }
        return String(parts[5])
    }
}
