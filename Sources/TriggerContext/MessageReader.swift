internal import SessionTracing
internal import WireText

/// Reads messages that may be nested in envelopes: a queue can deliver messages of a topic or a bus.
struct MessageReader: ~Copyable {
    /// The maximum number of nested envelopes; each costs one scan of its content.
    static let maximumEnvelopeCount = 4

    /// The function's configured path of the session id, within the message.
    private let path: SessionPath?
    private var texts = NestedText()

    init(path: SessionPath?) {
        self.path = path
    }

    /// Adds a message's hints to those of its envelope.
    ///
    /// A malformed message is ignored.
    ///
    /// - Parameters:
    ///   - message: The message, JSON or not.
    ///   - encoding: The encoding of the message in the string.
    ///   - hints: The hints of the envelope; receives those of the message.
    mutating func read(_ message: JSONText?, as encoding: NestedText.Encoding = .plain, into hints: inout CallerHints) {
        var document = message.flatMap { texts.open($0, as: encoding) }
        for _ in 0...Self.maximumEnvelopeCount {
            guard let text = document else { return }
            if hints.ownID == nil, let path { hints.takeOwn(path.find(in: text)) }
            guard let inner = try? Self.message(in: text, &hints) else { return }
            document = texts.open(inner)
        }
    }

    /// Reads one level of a message.
    ///
    /// - Returns: The nested message if this is an envelope, otherwise nil.
    /// - Throws: ``MalformedJSON`` before the caller is changed: hints of a malformed message must not be used.
    private static func message(
        in text: UnsafeBufferPointer<UInt8>,
        _ hints: inout CallerHints
    ) throws(MalformedJSON) -> JSONText? {
        if let string = JSONValue(text).string { return string }
        let envelope = try Envelope(text)
        if envelope.hasTopic, let message = envelope.message {
            if let attributes = envelope.attributes {
                try MessageAttributes.read(attributes, valueName: "Value", into: &hints)
            }
            return message
        }
        if envelope.hasDetailType, let detail = envelope.detail?.members { hints.take(try PayloadHints(detail)) }
        hints.take(envelope.payload)
        return nil
    }
}

/// A message's hints, and the members by which an envelope is recognised; of duplicates, the first.
private struct Envelope {
    private(set) var payload = PayloadHints()
    private var topic: JSONValue?
    private var text: JSONValue?
    private(set) var attributes: JSONValue?
    private var detailType: JSONValue?
    private(set) var detail: JSONValue?

    var hasTopic: Bool { topic?.string != nil }
    var message: JSONText? { text?.string }
    var hasDetailType: Bool { detailType?.string != nil }

    init(_ document: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) {
        guard var members = JSONValue(document).members else { throw MalformedJSON() }
        while let (name, value) = try members.nextMember() {
            if name.equals("TopicArn") {
                topic = topic ?? value
            } else if name.equals("Message") {
                text = text ?? value
            } else if name.equals("MessageAttributes") {
                attributes = attributes ?? value
            } else if name.equals("detail-type") {
                detailType = detailType ?? value
            } else if name.equals("detail") {
                detail = detail ?? value
            } else {
                try payload.take(name, value)
            }
        }
        guard members.isAtEndOfText() else { throw MalformedJSON() }
    }
}
