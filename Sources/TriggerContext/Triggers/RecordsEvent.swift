internal import SessionTracing

/// A list of records, each of which tells where it comes from: SQS, SNS, Kinesis, DynamoDB's streams, S3.
enum RecordsEvent {
    static let names: [StaticString] = ["Records"]

    /// - Returns: Nil when the event is no list of records from a service that is known.
    static func read(_ event: Document, path: SessionPath?) throws(MalformedJSON) -> FoundEvent? {
        guard let records = event["Records"], records.kind == .array else { return nil }
        var found = FoundEvent()
        var reader: (any RecordReader.Type)?
        var elements = records.elements
        while let element = try elements.next() {
            if reader == nil {
                guard let first = try recognise(element) else { return nil }
                reader = first.reader
                found.trigger.source = first.source
                found.trigger.isBatch = first.reader.isBatch
            }
            guard let reader else { continue }
            let index = found.trigger.recordCount
            found.trigger.recordCount += 1
            guard index < TriggerContext.maximumRecordCount, element.kind == .object else { continue }
            let record = try reader.read(element, path: path)
            if index == 0 {
                found.trigger.destination = record.destination ?? reader.destination(ofARN: record.arn?.decoded())
            }
            guard reader.hasContext else { continue }
            found.records.append(FoundEvent.Record(index: index, id: record.id ?? "", caller: record.caller))
        }
        return reader == nil ? nil : found
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
        guard record.kind == .object else { return nil }
        let name = try record.member("eventSource", "EventSource")?.shortText
        return readers.first { $0.name == name }.map { ($0.source, $0.reader) }
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

    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord
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
