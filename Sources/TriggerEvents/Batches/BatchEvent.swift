/// An event with records that are processed one by one.
///
/// ``QueueBatchEvent``, ``StreamBatchEvent``, ``KafkaBatchEvent`` and ``BrokerBatchEvent`` conform; add a conformance to
/// use an event type of another package. Each of the four also decodes from a bare array of its records, the form of
/// EventBridge Pipes (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-source.html).
public protocol BatchEvent: Sendable {
    /// The type of the records.
    associatedtype Record: BatchRecord

    /// The records in the event's order.
    var records: [Record] { get }
}

/// One record of a batch.
///
/// Its `id` identifies the record in the event: SQS's `messageId`, Kinesis' `sequenceNumber`, DynamoDB's `eventID`,
/// Kafka's topic, partition and offset, a broker's message id.
public protocol BatchRecord: Sendable, Identifiable<String> {
    /// The record's identifier in a ``BatchResponse``; by default its `id`.
    var itemIdentifier: String { get }
    /// The record's entry in a ``BatchResponse``; by default one with its `itemIdentifier`.
    var failure: BatchResponse.Failure { get }
    /// The order in which the record is processed; by default ``RecordOrder/independent``.
    var order: RecordOrder { get }
}

extension BatchRecord {
    /// The record's `id`.
    public var itemIdentifier: String { id }
    /// The entry with the `itemIdentifier`.
    public var failure: BatchResponse.Failure { BatchResponse.Failure(itemIdentifier: itemIdentifier) }
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
    /// After the earlier records of the same partition, which Lambda reads again from the first failure on.
    case partition(String)
}
