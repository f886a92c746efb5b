public import FoundationEssentials

/// Records of a Kinesis stream, or changes of a DynamoDB table, in the order of one shard
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
public struct StreamBatchEvent: BatchEvent, Decodable, Sendable {
    /// The records in the event's order.
    public let records: [Record]

    private enum CodingKeys: String, CodingKey { case records = "Records" }
}

extension StreamBatchEvent {
    /// One record.
    public struct Record: BatchRecord {
        /// Kinesis' `sequenceNumber`, DynamoDB's `eventID`.
        public let id: String
        /// The record's place in its shard.
        public let sequenceNumber: String
        /// `aws:kinesis:record`, or for a table `INSERT`, `MODIFY` or `REMOVE`.
        public let eventName: String
        /// The stream's ARN.
        public let streamARN: String
        /// About when the record came into the stream, or the table changed.
        public let approximateArrival: Date?
        /// What Kinesis chose the shard by; nil for a table.
        public let partitionKey: String?
        /// Kinesis' data; empty for a table.
        public let data: [UInt8]
        /// The primary key of what changed; empty for Kinesis.
        public let keys: [String: TableValue]
        /// The item after the change, if the stream has it.
        public let newImage: [String: TableValue]?
        /// The item before the change, if the stream has it.
        public let oldImage: [String: TableValue]?

        /// The sequence number.
        public var itemIdentifier: String { sequenceNumber }
        /// After all earlier ones.
        public var order: RecordOrder { .stream }
    }
}

extension StreamBatchEvent.Record: Decodable {
    private enum Key: String, CodingKey {
        case eventID, eventName, kinesis, dynamodb
        case streamARN = "eventSourceARN"
    }

    private enum KinesisKey: String, CodingKey {
        case partitionKey, sequenceNumber, data, approximateArrivalTimestamp
    }

    private enum TableKey: String, CodingKey {
        case keys = "Keys"
        case newImage = "NewImage"
        case oldImage = "OldImage"
        case sequenceNumber = "SequenceNumber"
        case approximateCreationDateTime = "ApproximateCreationDateTime"
    }

    /// Reads a record of either source.
    ///
    /// - Parameter decoder: Where the record is.
    /// - Throws: `DecodingError`, which names the field.
    public init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: Key.self)
        eventName = try record.decode(String.self, forKey: .eventName)
        streamARN = try record.decode(String.self, forKey: .streamARN)
        let seconds: Double?
        if record.contains(.kinesis) {
            let kinesis = try record.nestedContainer(keyedBy: KinesisKey.self, forKey: .kinesis)
            sequenceNumber = try kinesis.decode(String.self, forKey: .sequenceNumber)
            id = sequenceNumber
            partitionKey = try kinesis.decode(String.self, forKey: .partitionKey)
            data = try kinesis.decodeBase64(forKey: .data)
            seconds = try kinesis.decodeIfPresent(Double.self, forKey: .approximateArrivalTimestamp)
            keys = [:]
            newImage = nil
            oldImage = nil
        } else {
            let change = try record.nestedContainer(keyedBy: TableKey.self, forKey: .dynamodb)
            sequenceNumber = try change.decode(String.self, forKey: .sequenceNumber)
            id = try record.decode(String.self, forKey: .eventID)
            keys = try change.decodeIfPresent([String: TableValue].self, forKey: .keys) ?? [:]
            newImage = try change.decodeIfPresent([String: TableValue].self, forKey: .newImage)
            oldImage = try change.decodeIfPresent([String: TableValue].self, forKey: .oldImage)
            seconds = try change.decodeIfPresent(Double.self, forKey: .approximateCreationDateTime)
            partitionKey = nil
            data = []
        }
        approximateArrival = seconds.map { Date(timeIntervalSince1970: $0) }
    }
}
