internal import Glibc

/// A JSON object that was read once: what it says itself, and the members by which it is recognised.
struct Document {
    private let names: [StaticString]
    private var values: [JSONValue?]
    private(set) var payload: Payload

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - value: The object.
    ///   - names: The members to keep; of one that stands twice, the first.
    /// - Throws: When the object, or a part that was looked into, is malformed: then nothing of it can be trusted.
    init(_ value: JSONValue, keeping names: [StaticString]) throws(MalformedJSON) {
        self.names = names
        values = Array(repeating: nil, count: names.count)
        payload = Payload()
        var members = value.members
        while let (name, value) = try members.next() {
            try payload.take(name, value)
            if let index = name.index(in: names), values[index] == nil { values[index] = value }
        }
    }

    /// A member that was to be kept.
    subscript(name: StaticString) -> JSONValue? {
        names.firstIndex { $0.isSame(as: name) }.flatMap { values[$0] }
    }
}

extension StaticString {
    /// Compares bytes: a text made of each for that costs more than the rest of a small document.
    fileprivate func isSame(as other: StaticString) -> Bool {
        utf8CodeUnitCount == other.utf8CodeUnitCount && memcmp(utf8Start, other.utf8Start, utf8CodeUnitCount) == 0
    }
}
