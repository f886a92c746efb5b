/// Messages of an SQS queue (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
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
        /// What deletes the message; Lambda does that by itself.
        public let receiptHandle: String
        /// The message.
        public let body: String
        /// What SQS says of the message: `ApproximateReceiveCount`, `SentTimestamp` and others.
        public let attributes: [String: String]
        /// What the sender put beside the message.
        public let messageAttributes: [String: MessageAttribute]
        /// The queue's ARN.
        public let queueARN: String

        /// The `messageID`.
        public var id: String { messageID }
        /// The queue's name.
        public var queueName: String { queueARN.split(separator: ":").last.map(String.init) ?? "" }
        /// Whether the queue keeps its messages' order.
        public var isFIFO: Bool { queueARN.hasSuffix(".fifo") }
        /// The message's group, which a FIFO queue has, or nil.
        public var messageGroupID: String? { attributes["MessageGroupId"] }
        /// After the earlier messages of its group where the queue is FIFO.
        public var order: RecordOrder { isFIFO ? .group(messageGroupID ?? "") : .independent }

        private enum CodingKeys: String, CodingKey {
            case messageID = "messageId"
            case receiptHandle, body, attributes, messageAttributes
            case queueARN = "eventSourceARN"
        }

        /// Reads a message.
        ///
        /// - Parameter decoder: Where the record is.
        /// - Throws: `DecodingError`, which names the field.
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
