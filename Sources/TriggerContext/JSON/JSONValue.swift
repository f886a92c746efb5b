/// Thrown where text is not the JSON that it must be to go on.
struct MalformedJSON: Error {}

/// A value in JSON text, not yet looked into.
///
/// Valid only while the text's memory is.
struct JSONValue {
    private let text: UnsafeBufferPointer<UInt8>

    /// - Parameter text: The value, which may have white space around it.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// What the value is, by its first byte.
    enum Kind {
        case object
        case array
        case string
        case other
    }

    var kind: Kind {
        var cursor = JSONCursor(text)
        if cursor.take(UInt8(ascii: "{")) { return .object }
        if cursor.take(UInt8(ascii: "[")) { return .array }
        return cursor.take(UInt8(ascii: "\"")) ? .string : .other
    }

    /// The value as a string, if it is one.
    var string: JSONString? {
        var cursor = JSONCursor(text)
        guard let string = cursor.readString(), cursor.isAtEnd() else { return nil }
        return string
    }

    /// The value's text, if it is a short string; see ``JSONString/decoded()``.
    var shortText: String? { string?.decoded() }

    /// A number, as it is written.
    var number: String? {
        guard let first = text.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
            text.count <= Self.maximumNumberBytes
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// No id or offset has more digits.
    private static let maximumNumberBytes = 64

    /// A whole number that fits; nil for any other value.
    var integer: Int? {
        var digits = text[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty, digits.count <= Self.maximumIntegerDigits else { return nil }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return isNegative ? -number : number
    }

    /// So many digits always fit.
    private static let maximumIntegerDigits = 18

    /// Whether the value is `true`.
    var isTrue: Bool { text.elementsEqual("true".utf8) }

    /// The members of an object, one after the other.
    struct Members {
        private var cursor: JSONCursor
        private var place = Place.beforeFirst

        fileprivate init(_ text: UnsafeBufferPointer<UInt8>) {
            cursor = JSONCursor(text)
        }

        /// - Returns: The next member; nil after the last one.
        /// - Throws: When this is no object, or is malformed on the way to the next member.
        mutating func next() throws(MalformedJSON) -> (name: JSONString, value: JSONValue)? {
            guard try place.advance(&cursor, open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) else { return nil }
            guard let name = cursor.readString(), cursor.take(UInt8(ascii: ":")), let value = cursor.readValue() else {
                throw MalformedJSON()
            }
            return (name, value)
        }
    }

    /// The elements of an array, one after the other.
    struct Elements {
        private var cursor: JSONCursor
        private var place = Place.beforeFirst

        fileprivate init(_ text: UnsafeBufferPointer<UInt8>) {
            cursor = JSONCursor(text)
        }

        /// - Returns: The next element; nil after the last one.
        /// - Throws: When this is no array, or is malformed on the way to the next element.
        mutating func next() throws(MalformedJSON) -> JSONValue? {
            guard try place.advance(&cursor, open: UInt8(ascii: "["), close: UInt8(ascii: "]")) else { return nil }
            guard let value = cursor.readValue() else { throw MalformedJSON() }
            return value
        }
    }

    var members: Members { Members(text) }
    var elements: Elements { Elements(text) }

    /// The first member with one of the given names.
    ///
    /// - Throws: When this is no object, or a malformed one.
    func member(_ names: StaticString...) throws(MalformedJSON) -> JSONValue? {
        var members = members
        var found: JSONValue?
        while let (name, value) = try members.next() {
            if found == nil, name.isAny(of: names) { found = value }
        }
        return found
    }

    private enum Place {
        case beforeFirst
        case inside
        case afterLast

        /// - Returns: Whether there is another item, before which the cursor then stands.
        mutating func advance(_ cursor: inout JSONCursor, open: UInt8, close: UInt8) throws(MalformedJSON) -> Bool {
            switch self {
            case .beforeFirst: guard cursor.take(open) else { throw MalformedJSON() }
            case .inside: if cursor.take(UInt8(ascii: ",")) { return true }
            case .afterLast: return false
            }
            let isFirst = self == .beforeFirst
            self = .inside
            if cursor.take(close) {
                // Of a whole document, this is the end.
                guard cursor.isAtEnd() else { throw MalformedJSON() }
                self = .afterLast
                return false
            }
            guard isFirst else { throw MalformedJSON() }
            return true
        }
    }
}
