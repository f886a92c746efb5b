/// An event that brings records to be handled one by one.
///
/// ``QueueBatchEvent`` and ``StreamBatchEvent`` are such; another package's type becomes one by an extension.
public protocol BatchEvent: Sendable {
    /// What it brings.
    associatedtype Record: BatchRecord

    /// The records in the event's order.
    var records: [Record] { get }
}

/// One record of a batch.
///
/// Its `id` is what the framework knows the record by: SQS's `messageId`, Kinesis' `sequenceNumber`, DynamoDB's `eventID`.
public protocol BatchRecord: Sendable, Identifiable<String> {
    /// What a ``BatchResponse`` calls the record. The default is its `id`.
    var itemIdentifier: String { get }
    /// Which records this one must wait for. The default is ``RecordOrder/independent``.
    var order: RecordOrder { get }
}

extension BatchRecord {
    /// The record's `id`.
    public var itemIdentifier: String { id }
    /// Waits for none.
    public var order: RecordOrder { .independent }
}

/// Which records of a batch are handled one after the other.
public enum RecordOrder: Sendable, Hashable {
    /// In any order, at the same time as others.
    case independent
    /// After the earlier records of the same group: a FIFO queue's message group.
    case group(String)
    /// After all earlier ones: a stream's shard, which Lambda reads again from the first failure on.
    case stream
}
