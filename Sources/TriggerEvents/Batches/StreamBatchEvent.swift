public import PlatformFoundation

/// A batch of records from one shard of a Kinesis or DynamoDB stream, in order
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
public struct StreamBatchEvent: BatchEvent, Decodable, Sendable {
    /// The records in the event's order.
    public let records: [Record]

    private enum CodingKeys: String, CodingKey { case records = "Records" }
}

extension StreamBatchEvent {
    /// One record.
    public struct Record: BatchRecord {
        /// Kinesis' `sequenceNumber` or DynamoDB's `eventID`.
        public let id: String
        /// The record's sequence number in its shard.
        public let sequenceNumber: String
        /// `aws:kinesis:record`, or for a table `INSERT`, `MODIFY` or `REMOVE`.
        public let eventName: String
        /// The stream's ARN.
        public let streamARN: String
        /// The approximate time at which the record was added to the stream or the table changed.
        public let approximateArrival: Date?
        /// Kinesis' partition key, which determines the shard; nil for a table.
        public let partitionKey: String?
        /// Kinesis' data; empty for a table.
        public let data: [UInt8]
        /// The primary key of the changed item; empty for Kinesis.
        public let keys: [String: TableValue]
        /// The item after the change, if the stream contains it.
        public let newImage: [String: TableValue]?
        /// The item before the change, if the stream contains it.
        public let oldImage: [String: TableValue]?

        /// The sequence number.
        public var itemIdentifier: String { sequenceNumber }
        /// The order ``RecordOrder/stream``: after all earlier records.
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

    /// Decodes a record of either source.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
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
