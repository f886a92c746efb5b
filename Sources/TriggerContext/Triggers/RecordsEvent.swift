internal import SessionTracing

/// A list of records, each of which tells where it comes from: SQS, SNS, Kinesis, DynamoDB's streams, S3.
enum RecordsEvent {
    static let names: NameSet = ["Records"]

    /// - Returns: Nil when the event is no list of records from a service that is known.
    static func read(_ event: Document, _ settings: ReadingSettings) throws(MalformedJSON) -> FoundEvent? {
        guard var records = event["Records"]?.elements, let first = try records.next(),
            let (source, reader) = try recognise(first)
        else { return nil }
        var reading = RecordReading(settings, isBatch: reader.isBatch)
        reading.found.trigger.source = source
        try reading.read(first, in: &records, by: reader)
        while let record = try records.next() { try reading.read(record, in: &records, by: reader) }
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
        let name = source?.shortText
        return readers.first { $0.name == name }.map { ($0.source, $0.reader) }
    }
}

/// The records of an event, one after the other.
struct RecordReading: ~Copyable {
    var found = FoundEvent()
    private var messages: MessageReader
    private let propagators: Propagators

    init(_ settings: ReadingSettings, isBatch: Bool) {
        messages = MessageReader(path: settings.path)
        propagators = settings.propagators
        found.trigger.isBatch = isBatch
    }

    /// Reads one record; what is none, or one too many, is only counted.
    ///
    /// - Parameters:
    ///   - record: The one that was taken from the list last.
    ///   - list: Goes on behind the record.
    ///   - reader: Knows the records of the event's source.
    /// - Throws: When it is malformed.
    mutating func read(
        _ record: JSONValue,
        in list: inout JSONElements,
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
        found.records.append(RecordContext(read, index: index, propagators: propagators))
    }
}

/// What a record was found to say.
struct FoundRecord {
    var id: String?
    var caller = Caller()
    /// The queue, topic, stream, table or bucket that it comes from.
    var destination: String?
    /// The ARN that names it, not yet taken apart: one is enough for a batch.
    var arn: JSONString?
}

/// Reads the records of one service.
protocol RecordReader: SendableMetatype {
    /// Whether the service collects records, rather than invoke the function for each.
    static var isBatch: Bool { get }
    /// Whether its records can say anything of a caller.
    static var hasContext: Bool { get }

    /// Reads a record to its end.
    ///
    /// - Throws: When it is malformed.
    static func read(
        _ members: inout JSONMembers,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON)
    /// The name that stands in an ARN.
    static func destination(ofARN arn: String?) -> String?
}

extension RecordReader {
    static var isBatch: Bool { true }
    static var hasContext: Bool { true }

    static func destination(ofARN arn: String?) -> String? { resource(ofARN: arn) }

    /// The resource that an ARN names: what stands behind its account.
    static func resource(ofARN arn: String?) -> String? {
        // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
        guard let parts = arn?.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false), parts.count == 6
        else { return nil }
        return String(parts[5])
    }
}
