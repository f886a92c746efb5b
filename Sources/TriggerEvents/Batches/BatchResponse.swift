public import SessionTracing

/// The response to a batch: the records that Lambda must deliver again, and the state of a tumbling window.
///
/// Lambda reads the failures if the event source mapping has `ReportBatchItemFailures` among its
/// `FunctionResponseTypes`; otherwise every response means that all records succeeded
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
/// ActiveMQ and RabbitMQ have no such setting: throw an error to get the whole batch again.
public struct BatchResponse: Encodable, Sendable, Hashable {
    /// One failed record.
    public struct Failure: Encodable, Sendable, Hashable {
        /// A queue's `messageId` or a stream's sequence number; for Kafka the topic, the partition and the offset.
        public let itemIdentifier: String
        private var position: KafkaPosition?

        private enum Key: String, CodingKey { case itemIdentifier }

        init(itemIdentifier: String, position: KafkaPosition? = nil) {
            self.itemIdentifier = itemIdentifier
            self.position = position
        }

        /// Encodes the identifier: a string, for Kafka an object with the partition and the offset.
        ///
        /// - Parameter encoder: The encoder to write to.
        /// - Throws: The encoder's error.
        public func encode(to encoder: any Encoder) throws {
            var failure = encoder.container(keyedBy: Key.self)
            if let position {
                try failure.encode(position, forKey: .itemIdentifier)
            } else {
                try failure.encode(itemIdentifier, forKey: .itemIdentifier)
            }
        }
    }

    /// The failed records; empty if all succeeded.
    public let batchItemFailures: [Failure]
    /// The state for the next invocation of the same tumbling window: an object, up to 1 MB for each shard; nil outside
    /// windows.
    ///
    /// Without it the batch of a window fails (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html).
    public var state: AttributeValue?

    /// Creates a response.
    ///
    /// - Parameters:
    ///   - failures: The ``BatchRecord/itemIdentifier``s of the failed records.
    ///   - state: The state of a tumbling window.
    public init(failures: [String] = [], state: AttributeValue? = nil) {
        self.init(entries: failures.map { Failure(itemIdentifier: $0) })
        self.state = state
    }

    /// Creates a response with the failures as the records describe them.
    package init(entries: [Failure]) {
        batchItemFailures = entries
    }
}

/// The position of a Kafka record, by which Lambda identifies it.
struct KafkaPosition: Encodable, Sendable, Hashable {
    /// `TOPIC-PARTITION`.
    let partition: String
    let offset: Int
}
