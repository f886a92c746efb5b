public import SessionTracing

/// A batch of messages from a queue of Amazon MQ: ActiveMQ or RabbitMQ
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
///
/// Lambda does not read a ``BatchResponse`` for them: throw an error if messages failed, and the whole batch comes again.
///
/// ```swift
/// func handle(_ batch: BrokerBatchEvent, context: InvocationContext) async throws -> NoOutput {
///     let response = await context.forEachRecord(batch) { message, _ in try await process(message.data) }
///     if !response.batchItemFailures.isEmpty { throw ProcessingError.failedMessages }
///     return NoOutput()
/// }
/// ```
public struct BrokerBatchEvent: BatchEvent, Sendable {
    /// The messages: the queues sorted by name, the messages of each in the event's order.
    public let records: [Record]
    /// The broker's ARN; nil in an event of EventBridge Pipes without messages.
    public let brokerARN: String?
}

extension BrokerBatchEvent: Decodable {
    private enum Key: String, CodingKey {
        case messages, rmqMessagesByQueue
        case brokerARN = "eventSourceArn"
    }

    /// Decodes a batch of either broker, or a bare array of messages.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        if let records: [Record] = try decoder.bareRecords() {
            self.records = records
            if case .string(let arn)? = records.first?.fields["eventSourceArn"] {
                brokerARN = arn
            } else {
                brokerARN = nil
            }
            return
        }
        let event = try decoder.container(keyedBy: Key.self)
        brokerARN = try event.decodeIfPresent(String.self, forKey: .brokerARN)
        if event.contains(.rmqMessagesByQueue) {
            let queues = try event.decode([String: [Record]].self, forKey: .rmqMessagesByQueue)
            records = queues.sorted { $0.key < $1.key }.flatMap { name, records in
                records.map { record in
                    var record = record
                    record.take(queue: name)
                    return record
                }
            }
        } else {
            records = try event.decode([Record].self, forKey: .messages)
        }
    }
}

extension BrokerBatchEvent {
    /// One message.
    public struct Record: BatchRecord {
        /// The broker's id of the message; empty if a sender to RabbitMQ set none.
        public let id: String
        /// The queue's name.
        public private(set) var queue: String
        /// RabbitMQ's virtual host, such as `/`; nil for ActiveMQ.
        public private(set) var virtualHost: String?
        /// The content.
        public let data: [UInt8]
        /// ActiveMQ's `properties` or RabbitMQ's `headers`, as text; values without a text are left out.
        public let properties: [String: String]
        /// The id that relates the message to another; nil if the sender set none.
        public let correlationID: String?
        /// True if the broker has delivered the message before.
        public let isRedelivered: Bool
        /// All fields of the message but its content, as the event has them: ActiveMQ's `messageType`, `priority` and
        /// others, RabbitMQ's `basicProperties`.
        public let fields: [String: AttributeValue]

        /// The content as a string; nil if it is not UTF-8.
        public var text: String? { String(validating: data, as: UTF8.self) }

        /// Stores a name of the form `QUEUE::VIRTUAL_HOST`.
        fileprivate mutating func take(queue name: String) {
            let parts = name.split(separator: "::", maxSplits: 1)
            queue = parts.first.map(String.init) ?? name
            virtualHost = parts.count > 1 ? String(parts[1]) : nil
        }
    }
}

extension BrokerBatchEvent.Record: Decodable {
    private enum Key: String, CodingKey {
        case messageID, destination, data, properties, basicProperties, correlationID, redelivered, eventSourceKey
    }

    private enum PropertyKey: String, CodingKey {
        case headers
        case messageID = "messageId"
        case correlationID = "correlationId"
    }

    /// Decodes a message of either broker.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        let message = try decoder.container(keyedBy: Key.self)
        data = try message.decodeBase64(forKey: .data)
        isRedelivered = try message.decodeIfPresent(Bool.self, forKey: .redelivered) ?? false
        var fields = try decoder.singleValueContainer().decode([String: AttributeValue].self)
        fields["data"] = nil
        self.fields = fields
        // AWS's documentation has both spellings.
        let destination = try message.decodeTexts(forKey: .destination)
        queue = destination["physicalName"] ?? destination["physicalname"] ?? ""
        if message.contains(.basicProperties) {
            let basic = try message.nestedContainer(keyedBy: PropertyKey.self, forKey: .basicProperties)
            id = try basic.decodeTextIfPresent(forKey: .messageID) ?? ""
            correlationID = try basic.decodeTextIfPresent(forKey: .correlationID)
            properties = Self.properties(try? basic.decode([String: PropertyText].self, forKey: .headers))
        } else {
            id = try message.decodeTextIfPresent(forKey: .messageID) ?? ""
            correlationID = try message.decodeTextIfPresent(forKey: .correlationID)
            properties = Self.properties(try? message.decode([String: PropertyText].self, forKey: .properties))
        }
        if let name = try message.decodeIfPresent(String.self, forKey: .eventSourceKey) { take(queue: name) }
    }

    private static func properties(_ values: [String: PropertyText]?) -> [String: String] {
        (values ?? [:]).compactMapValues(\.text)
    }

    /// A value that may have no text, such as a table of RabbitMQ.
    private struct PropertyText: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            guard (try? decoder.singleValueContainer().decodeNil()) != true else {
                text = nil
                return
            }
            text = (try? ByteText(from: decoder)).flatMap { String(validating: $0.bytes, as: UTF8.self) }
        }
    }
}
