internal import PlatformFoundation
internal import SessionTracing
internal import WireText

/// Records the event and the output on the root span, if enabled.
///
/// Payloads can contain personal data, so this is disabled by default; recorded payloads are redacted like all inputs.
enum PayloadCapture {
    /// The size beyond which only a payload's size is recorded, in bytes: decoding it again would be too expensive.
    static let maximumBytes = 64 * 1024

    static func recordEvent(_ body: [UInt8], on span: TracedSpan) {
        span.enrich(inputs: ["event": value(of: body)])
    }

    /// Records an output.
    ///
    /// - Parameters:
    ///   - body: The response's bytes.
    ///   - output: The handler's output, which knows types that JSON does not: a whole double, a date.
    ///   - span: The root span.
    static func recordOutput(_ body: [UInt8], of output: some Encodable, on span: TracedSpan) {
        span.enrich(outputs: ["output": exactValue(of: output, encodedAs: body) ?? value(of: body)])
    }

    /// Records the body that a handler has streamed, also if it failed afterwards.
    ///
    /// - Parameters:
    ///   - beginning: The first bytes of the body, at most ``maximumBytes``.
    ///   - size: The size of the body, in bytes.
    ///   - span: The root span.
    static func recordOutput(_ beginning: [UInt8], ofBytes size: Int, on span: TracedSpan) {
        let isWhole = beginning.count == size
        span.enrich(outputs: ["output": isWhole ? streamedValue(of: beginning) : Self.size(size)])
    }

    /// Returns JSON as its values; other text, such as server-sent events, as it is; anything else as its size.
    private static func streamedValue(of body: [UInt8]) -> AttributeValue {
        if let value = try? AttributeValue(json: body) { return EncodedPayload.replaced(in: value) }
        guard !body.isEmpty, let text = String(validating: body, as: UTF8.self) else { return size(body.count) }
        return .string(text)
    }

    /// Returns JSON as its values, so that secrets are found by their keys; anything else as its size.
    private static func value(of body: [UInt8]) -> AttributeValue {
        guard body.count <= maximumBytes, let value = try? AttributeValue(json: body) else { return size(body.count) }
        return EncodedPayload.replaced(in: value)
    }

    /// Returns an output with the types that it has in the program; nil if the handler encodes it in a way of its own.
    private static func exactValue(of output: some Encodable, encodedAs body: [UInt8]) -> AttributeValue? {
        guard body.count <= maximumBytes, !(output is [UInt8]), let json = try? JSONEncoder().encode(output),
            let value = try? AttributeValue(json: body), (try? AttributeValue(json: Array(json))) == value,
            let exact = try? AttributeValue(encoding: output)
        else { return nil }
        return EncodedPayload.replaced(in: exact)
    }

    fileprivate static func size(_ count: Int) -> AttributeValue { .string("\(count) bytes") }
}

/// The members of events and replies that hold a payload in base64, in which no secret can be found by its key.
///
/// An envelope is recognized by its other members, wherever it stands: EventBridge Pipes, for example, sends the
/// records of a stream as a bare list.
private enum EncodedPayload {
    private struct Envelope {
        /// The members that only this envelope has.
        let marks: [String]
        /// The members in base64.
        let payloads: [String]
    }

    /// Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-example.html, with-msk.html, with-mq.html,
    /// services-kinesisfirehose.html and services-cloudwatchlogs.html.
    private static let envelopes = [
        // Kinesis
        Envelope(marks: ["sequenceNumber", "partitionKey"], payloads: ["data"]),
        // Kafka
        Envelope(marks: ["topic", "partition", "offset"], payloads: ["key", "value"]),
        // Amazon MQ: ActiveMQ and RabbitMQ
        Envelope(marks: ["messageID"], payloads: ["data"]), Envelope(marks: ["basicProperties"], payloads: ["data"]),
        // Firehose: the event, and the answer of a transformation
        Envelope(marks: ["recordId"], payloads: ["data"]),
        // An attribute of an SQS message
        Envelope(marks: ["dataType"], payloads: ["binaryValue"]),
    ]

    /// The names by which HTTP events and replies say that their body is in base64; VPC Lattice has the second.
    private static let flags = ["isBase64Encoded", "is_base64_encoded"]

    /// Returns the value with the size of each such payload in its place.
    static func replaced(in value: AttributeValue) -> AttributeValue {
        switch value {
        case .array(let elements): return .array(elements.map { replaced(in: $0) })
        case .dictionary(var members):
            for (name, member) in members { members[name] = replaced(in: member) }
            // CloudWatch Logs sends compressed lines.
            if case .dictionary(let logs) = members["awslogs"], case .string(let text) = logs["data"] {
                members["awslogs"] = ["data": size(text)]
            }
            for name in payloads(of: members) {
                if case .string(let text) = members[name] { members[name] = size(text) }
            }
            return .dictionary(members)
        case .null, .string, .int, .double, .bool: return value
        }
    }

    private static func payloads(of members: [String: AttributeValue]) -> [String] {
        var names = envelopes.flatMap { envelope in
            envelope.marks.allSatisfy { members[$0] != nil } ? envelope.payloads : []
        }
        if flags.contains(where: { members[$0] == .bool(true) }) { names.append("body") }
        return names
    }

    /// Returns the size of the decoded payload; of the text if it is not base64.
    private static func size(_ text: String) -> AttributeValue {
        PayloadCapture.size(Base64.decode(text)?.count ?? text.utf8.count)
    }
}
