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

    private enum Key: String, CodingKey { case records = "Records" }

    /// Decodes a batch, or a bare array of messages.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        records =
            try decoder.bareRecords() ?? decoder.container(keyedBy: Key.self).decode([Record].self, forKey: .records)
    }
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
        /// The queue's region, such as `eu-central-1`.
        public let region: String?
        /// The MD5 digest of the body, in hexadecimal digits.
        public let bodyMD5: String?
        /// The MD5 digest of the sender's attributes, in hexadecimal digits; nil without any.
        public let messageAttributesMD5: String?

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
            case region = "awsRegion"
            case bodyMD5 = "md5OfBody"
            case messageAttributesMD5 = "md5OfMessageAttributes"
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
            attributes = try record.decodeTexts(forKey: .attributes)
            messageAttributes =
                try record.decodeIfPresent([String: MessageAttribute].self, forKey: .messageAttributes) ?? [:]
            queueARN = try record.decode(String.self, forKey: .queueARN)
            region = try record.decodeIfPresent(String.self, forKey: .region)
            bodyMD5 = try record.decodeIfPresent(String.self, forKey: .bodyMD5)
            messageAttributesMD5 = try record.decodeIfPresent(String.self, forKey: .messageAttributesMD5)
        }
    }
}
