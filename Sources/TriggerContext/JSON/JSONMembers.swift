/// The members of an object, one after the other.
struct JSONMembers {
    fileprivate var walk: JSONWalk

    /// - Parameter cursor: Stands before the object.
    init(_ cursor: JSONCursor) {
        walk = JSONWalk(cursor, open: UInt8(ascii: "{"), close: UInt8(ascii: "}"))
    }

    /// - Returns: The next member; nil after the last one.
    /// - Throws: When the object is malformed on the way there.
    mutating func next() throws(MalformedJSON) -> (name: JSONString, value: JSONValue)? {
        guard try walk.advance() else { return nil }
        let name = try walk.readName()
        return (name, try walk.readValue())
    }

    /// Reads all that are left.
    ///
    /// - Returns: The first of the given name.
    mutating func rest(first name: StaticString) throws(MalformedJSON) -> JSONValue? {
        var found: JSONValue?
        while let (candidate, value) = try next() {
            if found == nil, candidate.isNamed(name) { found = value }
        }
        return found
    }

    /// Goes on behind the member that was read last: its own were all read, so it need not be walked over again.
    mutating func resume(behind members: JSONMembers) { walk.resume(behind: members.walk) }

    /// Whether the last member was read, and nothing follows the object.
    mutating func areWholeText() -> Bool { walk.isWholeText() }
}

/// The elements of an array, one after the other.
struct JSONElements {
    private var walk: JSONWalk

    /// - Parameter cursor: Stands before the array.
    init(_ cursor: JSONCursor) {
        walk = JSONWalk(cursor, open: UInt8(ascii: "["), close: UInt8(ascii: "]"))
    }

    /// - Returns: The next element; nil after the last one.
    /// - Throws: When the array is malformed on the way there.
    mutating func next() throws(MalformedJSON) -> JSONValue? {
        try walk.advance() ? try walk.readValue() : nil
    }

    /// Goes on behind the element that was read last: its members were all read, so it need not be walked over again.
    mutating func resume(behind members: JSONMembers) { walk.resume(behind: members.walk) }
}

/// The way through an object or an array.
private struct JSONWalk {
    private enum Place {
        case beforeFirst
        case behindItem
        /// An object or an array, which was handed out and may have been looked into.
        case beforeContainer
        case behindLast
    }

    private var cursor: JSONCursor
    private var place = Place.beforeFirst
    private let open: UInt8
    private let close: UInt8

    init(_ cursor: JSONCursor, open: UInt8, close: UInt8) {
        self.cursor = cursor
        self.open = open
        self.close = close
    }

    /// - Returns: Whether there is another item, before which the cursor then stands.
    mutating func advance() throws(MalformedJSON) -> Bool {
        switch place {
        case .beforeFirst:
            guard cursor.take(open) else { throw MalformedJSON() }
            if !cursor.take(close) { return true }
        case .beforeContainer:
            guard cursor.skipValue() else { throw MalformedJSON() }
            fallthrough
        case .behindItem:
            if cursor.take(UInt8(ascii: ",")) { return true }
            guard cursor.take(close) else { throw MalformedJSON() }
        case .behindLast: break
        }
        place = .behindLast
        return false
    }

    mutating func readName() throws(MalformedJSON) -> JSONString {
        guard let name = cursor.readString(), cursor.take(UInt8(ascii: ":")) else { throw MalformedJSON() }
        return name
    }

    mutating func readValue() throws(MalformedJSON) -> JSONValue {
        place = .behindItem
        switch cursor.peek() {
        case UInt8(ascii: "{"):
            place = .beforeContainer
            return .object(cursor)
        case UInt8(ascii: "["):
            place = .beforeContainer
            return .array(cursor)
        case UInt8(ascii: "\""):
            guard let string = cursor.readString() else { throw MalformedJSON() }
            return .string(string)
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), nil: throw MalformedJSON()
        default: return .scalar(cursor.readScalar())
        }
    }

    mutating func resume(behind inner: JSONWalk) {
        guard case .beforeContainer = place, case .behindLast = inner.place else { return }
        cursor = inner.cursor
        place = .behindItem
    }

    mutating func isWholeText() -> Bool {
        guard case .behindLast = place else { return false }
        return cursor.isAtEnd()
    }
}
