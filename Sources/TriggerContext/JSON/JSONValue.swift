/// Thrown where text is not the JSON that it must be to go on.
struct MalformedJSON: Error {}

/// A value in JSON text.
///
/// What it holds is looked into only on the way through it, so that a text is walked over once.
/// Valid only while the text's memory is.
enum JSONValue {
    /// The cursor stands before the value, whose end is not known yet.
    case object(JSONCursor)
    case array(JSONCursor)
    case string(JSONString)
    /// A number or a word, as it is written; it may be neither.
    case scalar(UnsafeBufferPointer<UInt8>)

    /// Reads a document: one value, which may have white space around it.
    ///
    /// What follows an object or an array is not looked at here.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(text)
        switch cursor.peek() {
        case UInt8(ascii: "{"): self = .object(cursor)
        case UInt8(ascii: "["): self = .array(cursor)
        case UInt8(ascii: "\""):
            if let string = cursor.readString(), cursor.isAtEnd() { self = .string(string) } else { fallthrough }
        default: self = .scalar(text)
        }
    }

    /// The value as a string, if it is one.
    var string: JSONString? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The value's text, if it is a short string; see ``JSONString/decoded()``.
    var shortText: String? { string?.decoded() }

    var isObject: Bool {
        if case .object = self { true } else { false }
    }

    /// The members, if this is an object.
    var members: JSONMembers? {
        if case .object(let cursor) = self { JSONMembers(cursor) } else { nil }
    }

    /// The elements, if this is an array.
    var elements: JSONElements? {
        if case .array(let cursor) = self { JSONElements(cursor) } else { nil }
    }

    /// The first member of the given name; nil when there is none, or this is no object.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - rest: Where this value was read last; goes on behind it.
    /// - Returns: The member.
    /// - Throws: When this is a malformed object.
    func member(_ name: StaticString, before rest: inout JSONMembers) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        let found = try members.rest(first: name)
        rest.resume(behind: members)
        return found
    }

    /// The first member of the given name; nil when there is none, or this is no object.
    ///
    /// - Throws: When this is a malformed object.
    func member(_ name: StaticString) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        return try members.rest(first: name)
    }
}

// MARK: Numbers and words

extension JSONValue {
    /// A number, as it is written.
    var number: String? {
        guard case .scalar(let text) = self, let first = text.first,
            first == UInt8(ascii: "-") || (0x30...0x39).contains(first), text.count <= Self.maximumNumberBytes
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// No id or offset has more digits.
    private static let maximumNumberBytes = 64

    /// A whole number that fits; nil for any other value.
    var integer: Int? {
        guard case .scalar(let text) = self else { return nil }
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
    var isTrue: Bool {
        if case .scalar(let text) = self { text.elementsEqual("true".utf8) } else { false }
    }
}
