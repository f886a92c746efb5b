internal import WireText

/// A parsed event: its payload hints, and the members by which its trigger is recognised.
struct EventMembers {
    private var values: [(name: JSONText, value: JSONValue)] = []
    private(set) var payload: PayloadHints

    /// Parses an object.
    ///
    /// - Parameters:
    ///   - text: The object's JSON text.
    ///   - names: The members to keep; of duplicates, the first.
    ///   - place: The object's place, as named in the log.
    /// - Throws: ``MalformedJSON`` if the text is not an object, or the object or an inspected part of it is malformed:
    ///   none of it can be trusted.
    init(
        _ text: UnsafeBufferPointer<UInt8>,
        keeping names: [StaticString],
        place: FieldReader.Place = .payload
    ) throws(MalformedJSON) {
        payload = PayloadHints(place)
        guard var members = JSONValue(text).members else { throw MalformedJSON() }
        while let (name, value) = try members.nextMember() {
            try payload.take(name, value)
            if let known = name.first(of: names), self[known] == nil { values.append((name, value)) }
        }
        guard members.isAtEndOfText() else { throw MalformedJSON() }
    }

    /// The value of a kept member, or nil.
    subscript(name: StaticString) -> JSONValue? {
        values.first { $0.name.equals(name) }?.value
    }
}
