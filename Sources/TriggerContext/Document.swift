/// An event that was read once: what it says itself, and the members by which it is recognised.
struct Document {
    private let names: NameSet
    private var values: [JSONValue?]
    private(set) var payload: Payload

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - text: The object's text.
    ///   - names: The members to keep; of one that stands twice, the first.
    /// - Throws: When this is no object, or it or a part that was looked into is malformed: nothing of it can be trusted.
    init(_ text: UnsafeBufferPointer<UInt8>, keeping names: NameSet) throws(MalformedJSON) {
        self.names = names
        values = Array(repeating: nil, count: names.names.count)
        payload = Payload()
        guard var members = JSONValue(text).members else { throw MalformedJSON() }
        while let (name, value) = try members.next() {
            try payload.take(name, value)
            if let index = name.index(in: names), values[index] == nil { values[index] = value }
        }
        guard members.areWholeText() else { throw MalformedJSON() }
    }

    /// A member that was to be kept.
    subscript(name: StaticString) -> JSONValue? {
        names.index(of: name).flatMap { values[$0] }
    }
}
