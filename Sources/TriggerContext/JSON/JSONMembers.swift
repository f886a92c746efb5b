/// The members of an object, read one by one.
struct JSONMembers {
    fileprivate var walk: JSONWalk

    /// - Parameter cursor: A cursor before the object.
    init(_ cursor: JSONCursor) {
        walk = JSONWalk(cursor, open: UInt8(ascii: "{"), close: UInt8(ascii: "}"))
    }

    /// Reads the next member.
    ///
    /// - Returns: The next member; nil after the last one.
    /// - Throws: ``MalformedJSON`` if the object is malformed up to there.
    mutating func next() throws(MalformedJSON) -> (name: JSONString, value: JSONValue)? {
        guard try walk.advance() else { return nil }
        let name = try walk.readName()
        return (name, try walk.readValue())
    }

    /// Reads all remaining members.
    ///
    /// - Parameter name: The name to find.
    /// - Returns: The value of the first member of that name, or nil.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    mutating func rest(first name: StaticString) throws(MalformedJSON) -> JSONValue? {
        var found: JSONValue?
        while let (candidate, value) = try next() {
            if found == nil, candidate.isNamed(name) { found = value }
        }
        return found
    }

    /// Continues after the last value, whose members were all read separately, without scanning it again.
    mutating func resume(behind members: JSONMembers) { walk.resume(behind: members.walk) }

    /// Returns true if the last member was read and nothing follows the object.
    mutating func areWholeText() -> Bool { walk.isWholeText() }
}

/// The elements of an array, read one by one.
struct JSONElements {
    private var walk: JSONWalk

    /// - Parameter cursor: A cursor before the array.
    init(_ cursor: JSONCursor) {
        walk = JSONWalk(cursor, open: UInt8(ascii: "["), close: UInt8(ascii: "]"))
    }

    /// Reads the next element.
    ///
    /// - Returns: The next element; nil after the last one.
    /// - Throws: ``MalformedJSON`` if the array is malformed up to there.
    mutating func next() throws(MalformedJSON) -> JSONValue? {
        try walk.advance() ? try walk.readValue() : nil
    }

    /// Continues after the last element, whose members were all read separately, without scanning it again.
    mutating func resume(behind members: JSONMembers) { walk.resume(behind: members.walk) }
}

/// The iteration over an object or an array.
private struct JSONWalk {
    private enum Position {
        case beforeFirst
        case behindItem
        /// Before an object or array that was returned as a value and may have been read separately.
        case beforeContainer
        case behindLast
    }

    private var cursor: JSONCursor
    private var position = Position.beforeFirst
    private let open: UInt8
    private let close: UInt8

    init(_ cursor: JSONCursor, open: UInt8, close: UInt8) {
        self.cursor = cursor
        self.open = open
        self.close = close
    }

    /// Moves to the next item.
    ///
    /// - Returns: True if there is another item; the cursor is then before it.
    /// - Throws: ``MalformedJSON`` if the text is malformed up to there.
    mutating func advance() throws(MalformedJSON) -> Bool {
        switch position {
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
        position = .behindLast
        return false
    }

    mutating func readName() throws(MalformedJSON) -> JSONString {
        guard let name = cursor.readString(), cursor.take(UInt8(ascii: ":")) else { throw MalformedJSON() }
        return name
    }

    mutating func readValue() throws(MalformedJSON) -> JSONValue {
        position = .behindItem
        switch cursor.peek() {
        case UInt8(ascii: "{"):
            position = .beforeContainer
            return .object(cursor)
        case UInt8(ascii: "["):
            position = .beforeContainer
            return .array(cursor)
        case UInt8(ascii: "\""):
            guard let string = cursor.readString() else { throw MalformedJSON() }
            return .string(string)
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), nil: throw MalformedJSON()
        default: return .scalar(cursor.readScalar())
        }
    }

    mutating func resume(behind inner: JSONWalk) {
        guard case .beforeContainer = position, case .behindLast = inner.position else { return }
        cursor = inner.cursor
        position = .behindItem
    }

    mutating func isWholeText() -> Bool {
        guard case .behindLast = position else { return false }
        return cursor.isAtEnd()
    }
}
