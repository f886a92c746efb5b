import FoundationEssentials
package import OTLP

/// A message of an SQS queue, in the form that Lambda passes to a function
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
package struct QueueMessage: Sendable, Hashable {
    /// A message attribute of type String.
    package struct Attribute: Sendable, Hashable {
        /// The name.
        package let name: String
        /// The value.
        package let value: String

        /// Creates an attribute.
        ///
        /// - Parameters:
        ///   - name: The name.
        ///   - value: The value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The message's id.
    package let id: String
    /// The body.
    package let body: String
    /// The sender's attributes.
    package let attributes: [Attribute]
    /// The time of sending, in milliseconds since 1970.
    package let sentMilliseconds: Int64
    /// The number of deliveries, including this one.
    package var receiveCount: Int

    /// Creates a message for its first delivery.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - attributes: The sender's attributes.
    ///   - metadata: The message's time and id.
    package init(body: String, attributes: [Attribute], _ metadata: EventMetadata) {
        self.id = metadata.id
        self.body = body
        self.attributes = attributes
        self.sentMilliseconds = metadata.epochMilliseconds
        self.receiveCount = 1
    }

    /// Builds the event of a batch.
    ///
    /// - Parameters:
    ///   - messages: The messages.
    ///   - queue: The queue's name.
    /// - Returns: The event.
    package static func event(of messages: [QueueMessage], queue: String) -> JSONValue {
        ["Records": .array(messages.map { $0.record(queue: queue) })]
    }

    private func record(queue: String) -> JSONValue {
        let sent = "\(sentMilliseconds)"
        return [
            "messageId": .string(id), "receiptHandle": .string("local-\(id)-\(receiveCount)"), "body": .string(body),
            "attributes": [
                "ApproximateReceiveCount": .string("\(receiveCount)"), "SentTimestamp": .string(sent),
                "SenderId": "local", "ApproximateFirstReceiveTimestamp": .string(sent),
            ],
            "messageAttributes": .object(
                JSONObject(attributes.map { .init(name: $0.name, value: Self.json(of: $0)) })
            ),
            "md5OfBody": .string(MD5.hex(of: Array(body.utf8))), "eventSource": "aws:sqs",
            "eventSourceARN": .string("arn:aws:sqs:us-east-1:\(EventMetadata.account):\(queue)"),
            "awsRegion": "us-east-1",
        ]
    }

    private static func json(of attribute: Attribute) -> JSONValue {
        [
            "stringValue": .string(attribute.value), "stringListValues": [], "binaryListValues": [],
            "dataType": "String",
        ]
    }
}
