/// The error of text that is not the required JSON.
struct MalformedJSON: Error {}

/// A value in JSON text.
///
/// Its content is parsed only when it is iterated, so that a text is scanned once. Valid only while the text's memory
/// is valid.
enum JSONValue {
    /// An object; the cursor is before it, and its end is not known yet.
    case object(JSONCursor)
    case array(JSONCursor)
    case string(JSONString)
    /// The text of a number or a literal; it may be invalid.
    case scalar(UnsafeBufferPointer<UInt8>)

    /// Parses a document: one value, possibly surrounded by white space.
    ///
    /// Text after an object or an array is not checked here.
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

    /// The value as a string, or nil.
    var string: JSONString? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The decoded text of a short string, or nil; see ``JSONString/decoded()``.
    var shortText: String? { string?.decoded() }

    var isObject: Bool {
        if case .object = self { true } else { false }
    }

    /// The members of an object, or nil.
    var members: JSONMembers? {
        if case .object(let cursor) = self { JSONMembers(cursor) } else { nil }
    }

    /// The elements of an array, or nil.
    var elements: JSONElements? {
        if case .array(let cursor) = self { JSONElements(cursor) } else { nil }
    }

    /// Returns the first member of the given name; nil if there is none or the value is not an object.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - rest: The iteration that returned this value last; it continues after the value.
    /// - Returns: The member's value.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    func member(_ name: StaticString, before rest: inout JSONMembers) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        let found = try members.rest(first: name)
        rest.resume(behind: members)
        return found
    }

    /// Returns the first member of the given name; nil if there is none or the value is not an object.
    ///
    /// - Parameter name: The member's name.
    /// - Returns: The member's value.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    func member(_ name: StaticString) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        return try members.rest(first: name)
    }
}

// MARK: Numbers and literals

extension JSONValue {
    /// The text of a number, or nil.
    var number: String? {
        guard case .scalar(let text) = self, let first = text.first,
            first == UInt8(ascii: "-") || (0x30...0x39).contains(first), text.count <= Self.maximumNumberBytes
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// The maximum length of a number's text, in bytes; no id or offset is longer.
    private static let maximumNumberBytes = 64

    /// The value as an integer; nil if it is anything else or too large.
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

    /// The maximum number of digits; any such number fits.
    private static let maximumIntegerDigits = 18

    /// True if the value is `true`.
    var isTrue: Bool {
        if case .scalar(let text) = self { text.elementsEqual("true".utf8) } else { false }
    }
}
