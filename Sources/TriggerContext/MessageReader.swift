internal import SessionTracing

/// Reads the texts of messages, each of which may be an envelope around another one: a queue brings what a topic or a bus was
/// given.
struct MessageReader: ~Copyable {
    /// Envelopes around envelopes are opened up to this count; each costs one walk over what is inside.
    static let maximumEnvelopeCount = 4

    /// The function's own path, from the message outwards in.
    private let path: SessionPath?
    private var texts = NestedText()

    init(path: SessionPath?) {
        self.path = path
    }

    /// Adds what a message says to what its envelope says.
    ///
    /// A malformed message says nothing.
    ///
    /// - Parameters:
    ///   - message: JSON or not.
    ///   - encoding: How it was made a text.
    ///   - caller: What the envelope says.
    mutating func read(_ message: JSONString?, as encoding: NestedText.Encoding = .plain, into caller: inout Caller) {
        var document = message.flatMap { texts.open($0, as: encoding) }
        for _ in 0...Self.maximumEnvelopeCount {
            guard let text = document else { return }
            if caller.ownID == nil, let path { caller.ownID = path.find(in: text) }
            guard let inner = try? Self.message(in: text, &caller) else { return }
            document = texts.open(inner)
        }
    }

    /// - Returns: The message inside, if this is an envelope.
    /// - Throws: Before the caller is touched: what a message said before it broke must not count.
    private static func message(
        in text: UnsafeBufferPointer<UInt8>,
        _ caller: inout Caller
    ) throws(MalformedJSON) -> JSONString? {
        if let string = JSONValue(text).string { return string }
        let envelope = try Envelope(text)
        if envelope.hasTopic, let message = envelope.message {
            if let attributes = envelope.attributes {
                try MessageAttributes.read(attributes, valueName: "Value", into: &caller)
            }
            return message
        }
        if envelope.hasDetailType, let detail = envelope.detail?.members { caller.take(try Payload(detail)) }
        caller.take(envelope.payload)
        return nil
    }
}

/// A message's own members, and those by which an envelope is known; of one that stands twice, the first.
private struct Envelope {
    private(set) var payload = Payload()
    private var topic: JSONValue?
    private var text: JSONValue?
    private(set) var attributes: JSONValue?
    private var detailType: JSONValue?
    private(set) var detail: JSONValue?

    var hasTopic: Bool { topic?.string != nil }
    var message: JSONString? { text?.string }
    var hasDetailType: Bool { detailType?.string != nil }

    init(_ document: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) {
        guard var members = JSONValue(document).members else { throw MalformedJSON() }
        while let (name, value) = try members.next() {
            if name.isNamed("TopicArn") {
                topic = topic ?? value
            } else if name.isNamed("Message") {
                text = text ?? value
            } else if name.isNamed("MessageAttributes") {
                attributes = attributes ?? value
            } else if name.isNamed("detail-type") {
                detailType = detailType ?? value
            } else if name.isNamed("detail") {
                detail = detail ?? value
            } else {
                try payload.take(name, value)
            }
        }
        guard members.areWholeText() else { throw MalformedJSON() }
    }
}
