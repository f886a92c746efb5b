/// A batch of messages from an SQS queue (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
///
/// ```swift
/// func handle(_ event: QueueBatchEvent, context: InvocationContext) async throws -> BatchResponse {
///     await context.forEachRecord(event) { record, tracer in
///         try await process(record.body)
///     }
/// }
/// ```
public struct QueueBatchEvent: BatchEvent, Decodable, Sendable {
    /// The messages in the event's order.
    public let records: [Record]

    private enum CodingKeys: String, CodingKey { case records = "Records" }
}

extension QueueBatchEvent {
    /// One message.
    public struct Record: BatchRecord, Decodable {
        /// The queue's id of the message.
        public let messageID: String
        /// The handle for deleting the message; Lambda deletes it automatically.
        public let receiptHandle: String
        /// The message's text.
        public let body: String
        /// The attributes set by SQS: `ApproximateReceiveCount`, `SentTimestamp` and others.
        public let attributes: [String: String]
        /// The attributes set by the sender.
        public let messageAttributes: [String: MessageAttribute]
        /// The queue's ARN.
        public let queueARN: String

        /// The `messageID`.
        public var id: String { messageID }
        /// The queue's name.
        public var queueName: String { queueARN.split(separator: ":").last.map(String.init) ?? "" }
        /// True if the queue is a FIFO queue.
        public var isFIFO: Bool { queueARN.hasSuffix(".fifo") }
        /// The message group of a FIFO queue, or nil.
        public var messageGroupID: String? { attributes["MessageGroupId"] }
        /// After the earlier messages of its group in a FIFO queue, otherwise independent.
        public var order: RecordOrder { isFIFO ? .group(messageGroupID ?? "") : .independent }

        private enum CodingKeys: String, CodingKey {
            case messageID = "messageId"
            case receiptHandle, body, attributes, messageAttributes
            case queueARN = "eventSourceARN"
        }

        /// Decodes a message.
        ///
        /// - Parameter decoder: The decoder to read from.
        /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
        public init(from decoder: any Decoder) throws {
            let record = try decoder.container(keyedBy: CodingKeys.self)
            messageID = try record.decode(String.self, forKey: .messageID)
            receiptHandle = try record.decode(String.self, forKey: .receiptHandle)
            body = try record.decode(String.self, forKey: .body)
            attributes = try record.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:]
            messageAttributes =
                try record.decodeIfPresent([String: MessageAttribute].self, forKey: .messageAttributes) ?? [:]
            queueARN = try record.decode(String.self, forKey: .queueARN)
        }
    }
}
