/// A parsed event: its payload hints, and the members by which its trigger is recognised.
struct EventMembers {
    private let names: NameSet
    private var values: [JSONValue?]
    private(set) var payload: PayloadHints

    /// Parses an object.
    ///
    /// - Parameters:
    ///   - text: The object's JSON text.
    ///   - names: The members to keep; of duplicates, the first.
    /// - Throws: ``MalformedJSON`` if the text is not an object, or the object or an inspected part of it is malformed:
    ///   none of it can be trusted.
    init(_ text: UnsafeBufferPointer<UInt8>, keeping names: NameSet) throws(MalformedJSON) {
        self.names = names
        values = Array(repeating: nil, count: names.names.count)
        payload = PayloadHints()
        guard var members = JSONValue(text).members else { throw MalformedJSON() }
        while let (name, value) = try members.next() {
            try payload.take(name, value)
            if let index = name.index(in: names), values[index] == nil { values[index] = value }
        }
        guard members.areWholeText() else { throw MalformedJSON() }
    }

    /// The value of a kept member, or nil.
    subscript(name: StaticString) -> JSONValue? {
        names.index(of: name).flatMap { values[$0] }
    }
}
