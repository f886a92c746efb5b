/// The text of a message, which may be an envelope around another one: a queue brings what a topic or a bus was given.
enum MessageDocument {
    /// Envelopes around envelopes are opened up to this count; each costs one walk over what is inside.
    static let maximumEnvelopeCount = 4

    private static let names: [StaticString] = ["TopicArn", "Message", "MessageAttributes", "detail-type", "detail"]

    /// Adds what a message says to what its envelope says.
    ///
    /// A malformed message says nothing.
    ///
    /// - Parameters:
    ///   - document: The message's bytes, JSON or not.
    ///   - caller: What the envelope says.
    ///   - path: The function's own path, from the message outwards in.
    static func read(_ document: [UInt8]?, into caller: inout Caller, path: SessionPath?) {
        var document = document
        for _ in 0...maximumEnvelopeCount {
            guard let bytes = document else { return }
            document = bytes.withUnsafeBufferPointer { text in
                if caller.ownID == nil { caller.ownID = path?.find(in: text) }
                // What the message said before it broke must not count.
                var reading = caller
                guard let inner = try? open(JSONValue(text), &reading) else { return nil }
                caller = reading
                return inner
            }
        }
    }

    /// - Returns: The text inside, if this is an envelope; empty when there is none.
    private static func open(_ value: JSONValue, _ caller: inout Caller) throws(MalformedJSON) -> [UInt8] {
        if let string = value.string { return string.document() ?? [] }
        let document = try Document(value, keeping: names)
        if document["TopicArn"]?.kind == .string, let message = document["Message"]?.string {
            if let attributes = document["MessageAttributes"] {
                try MessageAttributes.read(attributes, valueName: "Value", into: &caller)
            }
            return message.document() ?? []
        }
        if document["detail-type"]?.kind == .string, let detail = document["detail"], detail.kind == .object {
            caller.take(try Payload(detail))
        }
        caller.take(document.payload)
        return []
    }
}
