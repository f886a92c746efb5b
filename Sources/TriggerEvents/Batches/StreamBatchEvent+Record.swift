public import PlatformFoundation

extension StreamBatchEvent {
    /// One record.
    public struct Record: BatchRecord {
        /// The identity that changed an item.
        public struct UserIdentity: Decodable, Sendable, Hashable {
            /// The kind of identity: `Service` if an item expired.
            public let type: String?
            /// The identity: `dynamodb.amazonaws.com` if an item expired.
            public let principalID: String?

            private enum CodingKeys: String, CodingKey {
                case type
                case principalID = "principalId"
            }
        }

        /// Kinesis' `sequenceNumber` or DynamoDB's `eventID`.
        public let id: String
        /// The record's sequence number in its shard.
        public let sequenceNumber: String
        /// The event's id: Kinesis' shard and sequence number, or DynamoDB's id of the change.
        public let eventID: String?
        /// `aws:kinesis:record`, or for a table `INSERT`, `MODIFY` or `REMOVE`.
        public let eventName: String
        /// The version of the record's form.
        public let eventVersion: String?
        /// The stream's ARN.
        public let streamARN: String
        /// The stream's region, such as `eu-central-1`.
        public let region: String?
        /// The approximate time at which the record was added to the stream or the table changed.
        public let approximateArrival: Date?
        /// Kinesis' partition key, which determines the shard; nil for a table.
        public let partitionKey: String?
        /// Kinesis' data; empty for a table.
        public let data: [UInt8]
        /// The version of Kinesis' schema; nil for a table.
        public let schemaVersion: String?
        /// The encryption of Kinesis' data, `NONE` or `KMS`; nil for a table.
        public let encryptionType: String?
        /// The ARN of the role with which Lambda reads Kinesis; nil for a table.
        public let invokeIdentityARN: String?
        /// The primary key of the changed item; empty for Kinesis.
        public let keys: [String: TableValue]
        /// The item after the change, if the stream contains it.
        public let newImage: [String: TableValue]?
        /// The item before the change, if the stream contains it.
        public let oldImage: [String: TableValue]?
        /// The stream's view of items: `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`; nil for Kinesis.
        public let viewType: String?
        /// The size of the change in bytes; nil for Kinesis.
        public let size: Int?
        /// The identity that changed the item, which DynamoDB names only for its own changes; nil otherwise.
        public let userIdentity: UserIdentity?

        /// The sequence number.
        public var itemIdentifier: String { sequenceNumber }
        /// The order ``RecordOrder/stream``: after all earlier records.
        public var order: RecordOrder { .stream }
        /// True if DynamoDB removed the item at the end of its time to live
        /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html).
        public var isExpiration: Bool {
            eventName == "REMOVE" && userIdentity?.principalID == "dynamodb.amazonaws.com"
        }
    }
}

extension StreamBatchEvent.Record: Decodable {
    private enum Key: String, CodingKey {
        case eventID, eventName, eventVersion, kinesis, dynamodb, userIdentity
        case streamARN = "eventSourceARN"
        case region = "awsRegion"
        case invokeIdentityARN = "invokeIdentityArn"
    }

    private enum KinesisKey: String, CodingKey {
        case partitionKey, sequenceNumber, data, approximateArrivalTimestamp, encryptionType
        case schemaVersion = "kinesisSchemaVersion"
    }

    private enum TableKey: String, CodingKey {
        case keys = "Keys"
        case newImage = "NewImage"
        case oldImage = "OldImage"
        case sequenceNumber = "SequenceNumber"
        case size = "SizeBytes"
        case viewType = "StreamViewType"
        case approximateCreationDateTime = "ApproximateCreationDateTime"
    }

    /// Decodes a record of either source.
    ///
    /// EventBridge Pipes has the members of `kinesis` at the record's top level.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: Key.self)
        eventID = try record.decodeIfPresent(String.self, forKey: .eventID)
        eventName = try record.decode(String.self, forKey: .eventName)
        eventVersion = try record.decodeTextIfPresent(forKey: .eventVersion)
        streamARN = try record.decode(String.self, forKey: .streamARN)
        region = try record.decodeIfPresent(String.self, forKey: .region)
        invokeIdentityARN = try record.decodeIfPresent(String.self, forKey: .invokeIdentityARN)
        userIdentity = try record.decodeIfPresent(UserIdentity.self, forKey: .userIdentity)
        let flat = try decoder.container(keyedBy: KinesisKey.self)
        let seconds: Double?
        if record.contains(.kinesis) || flat.contains(.data) {
            let kinesis =
                record.contains(.kinesis)
                ? try record.nestedContainer(keyedBy: KinesisKey.self, forKey: .kinesis) : flat
            sequenceNumber = try kinesis.decodeText(forKey: .sequenceNumber)
            id = sequenceNumber
            partitionKey = try kinesis.decodeText(forKey: .partitionKey)
            data = try kinesis.decodeBase64(forKey: .data)
            schemaVersion = try kinesis.decodeTextIfPresent(forKey: .schemaVersion)
            encryptionType = try kinesis.decodeIfPresent(String.self, forKey: .encryptionType)
            seconds = try kinesis.decodeIfPresent(Double.self, forKey: .approximateArrivalTimestamp)
            keys = [:]
            newImage = nil
            oldImage = nil
            viewType = nil
            size = nil
        } else {
            let change = try record.nestedContainer(keyedBy: TableKey.self, forKey: .dynamodb)
            sequenceNumber = try change.decodeText(forKey: .sequenceNumber)
            id = try record.decode(String.self, forKey: .eventID)
            keys = try change.decodeIfPresent([String: TableValue].self, forKey: .keys) ?? [:]
            newImage = try change.decodeIfPresent([String: TableValue].self, forKey: .newImage)
            oldImage = try change.decodeIfPresent([String: TableValue].self, forKey: .oldImage)
            viewType = try change.decodeIfPresent(String.self, forKey: .viewType)
            size = try change.decodeIfPresent(Int.self, forKey: .size)
            seconds = try change.decodeIfPresent(Double.self, forKey: .approximateCreationDateTime)
            partitionKey = nil
            data = []
            schemaVersion = nil
            encryptionType = nil
        }
        approximateArrival = seconds.map { Date(timeIntervalSince1970: $0) }
    }
}
