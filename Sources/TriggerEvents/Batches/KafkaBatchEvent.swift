public import PlatformFoundation

/// A batch of records from topics of Apache Kafka: Amazon MSK, or a cluster of another operator
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html, https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html).
///
/// ```swift
/// func handle(_ batch: KafkaBatchEvent, context: InvocationContext) async throws -> BatchResponse {
///     await context.forEachRecord(batch) { record, _ in try await process(record.value ?? []) }
/// }
/// ```
public struct KafkaBatchEvent: BatchEvent, Sendable {
    /// The records: the partitions sorted by name, the records of each in the event's order.
    public let records: [Record]
    /// The cluster's ARN; nil for a self-managed cluster.
    public let clusterARN: String?
    /// The cluster's bootstrap servers, `HOST:PORT`; empty if the event has none.
    public let bootstrapServers: [String]
}

extension KafkaBatchEvent: Decodable {
    private enum Key: String, CodingKey {
        case records, bootstrapServers
        case clusterARN = "eventSourceArn"
    }

    /// Decodes a batch, or a bare array of records.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        if let records: [Record] = try decoder.bareRecords() {
            self.records = records
            clusterARN = nil
            bootstrapServers = []
            return
        }
        let event = try decoder.container(keyedBy: Key.self)
        let partitions = try event.decode([String: IndexedList<Record>].self, forKey: .records)
        records = partitions.sorted { $0.key < $1.key }.flatMap(\.value.elements)
        clusterARN = try event.decodeIfPresent(String.self, forKey: .clusterARN)
        let servers = try event.decodeIfPresent(String.self, forKey: .bootstrapServers) ?? ""
        bootstrapServers = servers.split(separator: ",").map(String.init)
    }
}

extension KafkaBatchEvent {
    /// One record.
    public struct Record: BatchRecord {
        /// A header; a name can be repeated.
        public struct Header: Sendable, Hashable {
            /// The name.
            public let name: String
            /// The value's bytes.
            public let value: [UInt8]

            /// The value as a string; nil if it is not UTF-8.
            public var text: String? { String(validating: value, as: UTF8.self) }
        }

        /// The topic.
        public let topic: String
        /// The number of the partition.
        public let partition: Int
        /// The record's offset in its partition.
        public let offset: Int
        /// The time of the record, of the kind ``timestampType``.
        public let timestamp: Date?
        /// `CREATE_TIME` or `LOG_APPEND_TIME`.
        public let timestampType: String?
        /// The key; nil if the record has none.
        public let key: [UInt8]?
        /// The value; nil for a record that deletes its key.
        public let value: [UInt8]?
        /// The headers in order.
        public let headers: [Header]

        /// The topic, the partition and the offset: `TOPIC-0-15`.
        public var id: String { "\(topic)-\(partition)-\(offset)" }
        /// The entry with the partition and the offset.
        public var failure: BatchResponse.Failure {
            let position = KafkaPosition(partition: "\(topic)-\(partition)", offset: offset)
            return BatchResponse.Failure(itemIdentifier: id, position: position)
        }
        /// After the earlier records of its partition.
        public var order: RecordOrder { .partition("\(topic)-\(partition)") }
    }
}

extension KafkaBatchEvent.Record: Decodable {
    private enum Key: String, CodingKey {
        case topic, partition, offset, timestamp, timestampType, key, value, headers
    }

    /// Decodes a record.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: Key.self)
        topic = try record.decode(String.self, forKey: .topic)
        partition = try record.decodeInteger(forKey: .partition)
        offset = try record.decodeInteger(forKey: .offset)
        let milliseconds = try record.decodeIfPresent(Double.self, forKey: .timestamp)
        timestamp = milliseconds.map { Date(timeIntervalSince1970: $0 / 1_000) }
        timestampType = try record.decodeIfPresent(String.self, forKey: .timestampType)
        key = try record.decodeBase64IfPresent(forKey: .key)
        value = try record.decodeBase64IfPresent(forKey: .value)
        let headers = try record.decodeIfPresent(IndexedList<[String: ByteText]>.self, forKey: .headers)
        self.headers = (headers?.elements ?? []).flatMap { header in
            header.sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value.bytes) }
        }
    }
}
