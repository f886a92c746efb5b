/// An event with records that are processed one by one.
///
/// ``QueueBatchEvent`` and ``StreamBatchEvent`` conform; add a conformance to use an event type of another package.
public protocol BatchEvent: Sendable {
    /// The type of the records.
    associatedtype Record: BatchRecord

    /// The records in the event's order.
    var records: [Record] { get }
}

/// One record of a batch.
///
/// Its `id` identifies the record in the event: SQS's `messageId`, Kinesis' `sequenceNumber`, DynamoDB's `eventID`.
public protocol BatchRecord: Sendable, Identifiable<String> {
    /// The record's identifier in a ``BatchResponse``; by default its `id`.
    var itemIdentifier: String { get }
    /// The order in which the record is processed; by default ``RecordOrder/independent``.
    var order: RecordOrder { get }
}

extension BatchRecord {
    /// The record's `id`.
    public var itemIdentifier: String { id }
    /// The order ``RecordOrder/independent``.
    public var order: RecordOrder { .independent }
}

/// The processing order of a record relative to other records of its batch.
public enum RecordOrder: Sendable, Hashable {
    /// In any order, concurrently with others.
    case independent
    /// After the earlier records of the same group: a FIFO queue's message group.
    case group(String)
    /// After all earlier records: a stream's shard, which Lambda reads again from the first failure on.
    case stream
}
