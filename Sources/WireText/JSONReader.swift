/// A pull reader of JSON text (https://www.rfc-editor.org/rfc/rfc8259): returns the items of one object or array, one
/// by one, in place.
///
/// It validates only what it needs to proceed: a nested container is skipped by counting brackets, without a stack.
/// Valid only while the text's memory is valid.
package struct JSONReader {
    private enum State {
        case beforeFirst
        case behindItem
        /// Before an object or array that was returned as a value and may have been read separately.
        case beforeContainer
        case behindLast
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var position: Int
    private var state = State.beforeFirst

    fileprivate init(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
        self.text = text
        self.position = position
    }

    /// Reads the next member of an object.
    ///
    /// - Returns: The next member; nil after the last one.
    /// - Throws: ``MalformedJSON`` if the text is malformed up to there, or is not an object.
    package mutating func nextMember() throws(MalformedJSON) -> (name: JSONText, value: JSONValue)? {
        guard try advance(open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) else { return nil }
        guard let name = readString(), take(UInt8(ascii: ":")) else { throw malformed }
        return (name, try readValue())
    }

    /// Reads the next element of an array.
    ///
    /// - Returns: The next element; nil after the last one.
    /// - Throws: ``MalformedJSON`` if the text is malformed up to there, or is not an array.
    package mutating func nextElement() throws(MalformedJSON) -> JSONValue? {
        try advance(open: UInt8(ascii: "["), close: UInt8(ascii: "]")) ? try readValue() : nil
    }

    /// Reads all remaining members of an object.
    ///
    /// - Parameter isWanted: Returns true for the name to find.
    /// - Returns: The value of the first member of such a name, or nil.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    fileprivate mutating func remaining(first isWanted: (JSONText) -> Bool) throws(MalformedJSON) -> JSONValue? {
        var found: JSONValue?
        while let (name, value) = try nextMember() {
            if found == nil, isWanted(name) { found = value }
        }
        return found
    }

    /// Continues after the last item if another reader has read it to its end, without scanning it again.
    package mutating func resume(behind inner: JSONReader) {
        guard case .beforeContainer = state, case .behindLast = inner.state else { return }
        position = inner.position
        state = .behindItem
    }

    /// Returns true if the last item was read and nothing follows.
    package func isAtEndOfText() -> Bool {
        guard case .behindLast = state else { return false }
        var rest = self
        return rest.peek() == nil
    }

    /// The offset of the next byte that is not white space, from the start of the whole text.
    package var byteOffset: Int {
        var rest = self
        _ = rest.peek()
        return rest.position
    }

    private var malformed: MalformedJSON { MalformedJSON(atByte: min(position, text.count)) }

    // MARK: Items

    /// Moves before the next item; returns false after the last one.
    @inline(__always)
    private mutating func advance(open: UInt8, close: UInt8) throws(MalformedJSON) -> Bool {
        switch state {
        case .beforeFirst:
            guard take(open) else { throw malformed }
            if !take(close) { return true }
        case .beforeContainer:
            guard skipContainer() else { throw malformed }
            fallthrough
        case .behindItem:
            if take(UInt8(ascii: ",")) { return true }
            guard take(close) else { throw malformed }
        case .behindLast: break
        }
        state = .behindLast
        return false
    }

    @inline(__always)
    private mutating func readValue() throws(MalformedJSON) -> JSONValue {
        state = .behindItem
        switch peek() {
        case UInt8(ascii: "{"):
            state = .beforeContainer
            return .object(JSONReader(text, at: position))
        case UInt8(ascii: "["):
            state = .beforeContainer
            return .array(JSONReader(text, at: position))
        case UInt8(ascii: "\""):
            guard let string = readString() else { throw malformed }
            return .string(string)
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), nil: throw malformed
        default:
            let start = position
            skipScalar()
            return .scalar(UnsafeBufferPointer(rebasing: text[start..<position]))
        }
    }

    // MARK: Tokens

    /// Returns the next byte after white space; nil at the end.
    @inline(__always)
    fileprivate mutating func peek() -> UInt8? {
        while position < text.count {
            guard text[position].isSpace else { return text[position] }
            position += 1
        }
        return nil
    }

    /// Moves past a byte if it is the next one after white space.
    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Reads the string at the position; returns nil if there is none or it is unterminated.
    fileprivate mutating func readString() -> JSONText? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var hasEscapes = false
        while true {
            skipPlainText()
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: "\"") {
                position += 1
                return JSONText(UnsafeBufferPointer(rebasing: text[start..<position - 1]), hasEscapes: hasEscapes)
            }
            hasEscapes = true
            position += 2
        }
    }

    /// Moves to the next quote or backslash, or to the end.
    ///
    /// It tests sixteen bytes at a time, because most of an event is strings.
    @inline(__always)
    private mutating func skipPlainText() {
        let bytes = UnsafeRawBufferPointer(text)
        while position <= bytes.count - ByteBlock.byteCount {
            let block = bytes.loadUnaligned(fromByteOffset: position, as: ByteBlock.self)
            let ends = block.equals(UInt8(ascii: "\"")) .| block.equals(UInt8(ascii: "\\"))
            if let offset = ByteMatches(ends).first {
                position += offset
                return
            }
            position += ByteBlock.byteCount
        }
        while position < text.count, text[position] != UInt8(ascii: "\""), text[position] != UInt8(ascii: "\\") {
            position += 1
        }
    }

    /// Moves past the object or array at the position, at any depth, without interpreting it.
    ///
    /// - Returns: True if it ends within the text.
    private mutating func skipContainer() -> Bool {
        var depth = 0
        repeat {
            switch peek() {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: "\""):
                guard readString() != nil else { return false }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                position += 1
            case nil: return false
            default: skipScalar()
            }
        } while depth > 0
        return true
    }

    private mutating func skipScalar() {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"),
                UInt8(ascii: "["), UInt8(ascii: "\""), 0x20, 0x09, 0x0A, 0x0D:
                return
            default: position += 1
            }
        }
    }
}

/// The error of text that is not the required JSON.
package struct MalformedJSON: Error, Equatable {
    /// The problem of the text.
    package enum Problem: Sendable {
        case syntax
        /// The text has more levels of objects and arrays than its reader allows.
        case depth
    }

    package let problem: Problem
    /// The offset of the problem in bytes; nil if it is unknown.
    package let byte: Int?

    package init(_ problem: Problem = .syntax, atByte byte: Int? = nil) {
        self.problem = problem
        self.byte = byte
    }
}

/// A value in JSON text, whose content is parsed only when it is read, so that a text is scanned once.
///
/// Valid only while the text's memory is valid.
package enum JSONValue {
    case object(JSONReader)
    case array(JSONReader)
    case string(JSONText)
    /// The text of a number or a literal; it may be invalid.
    case scalar(UnsafeBufferPointer<UInt8>)

    /// Parses a document: one value, possibly surrounded by white space.
    ///
    /// A byte order mark before it is skipped, as by Foundation's decoder
    /// (https://www.rfc-editor.org/rfc/rfc8259#section-8.1). Text after an object or an array is not checked here; see
    /// ``JSONReader/isAtEndOfText()``.
    package init(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = JSONReader(text, at: text.byteOrderMarkCount)
        switch reader.peek() {
        case UInt8(ascii: "{"): self = .object(reader)
        case UInt8(ascii: "["): self = .array(reader)
        case UInt8(ascii: "\""):
            if let string = reader.readString(), reader.peek() == nil { self = .string(string) } else { fallthrough }
        default: self = .scalar(UnsafeBufferPointer(rebasing: text.dropFirst(text.byteOrderMarkCount)))
        }
    }

    /// The value as a string, or nil.
    package var string: JSONText? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The decoded text of a short string, or nil; see ``JSONText/decoded(maximumBytes:)``.
    package var text: String? { string?.decoded() }

    /// The reader of an object's members, or nil.
    package var members: JSONReader? {
        if case .object(let reader) = self { reader } else { nil }
    }

    /// The reader of an array's elements, or nil.
    package var elements: JSONReader? {
        if case .array(let reader) = self { reader } else { nil }
    }

    /// Returns the first member of the given name; nil if there is none or the value is not an object.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - outer: The reader that returned this value last; it continues after the value.
    /// - Returns: The member's value.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    package func member(_ name: StaticString, before outer: inout JSONReader) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        let found = try members.remaining { $0.equals(name) }
        outer.resume(behind: members)
        return found
    }

    /// Returns the first member of the given name; nil if there is none or the value is not an object.
    ///
    /// - Parameter name: The member's name.
    /// - Returns: The member's value.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    package func member(_ name: StaticString) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        return try members.remaining { $0.equals(name) }
    }

    /// Returns the first member of the given name, which is not a literal; see ``member(_:)``.
    package func member(named name: String) throws(MalformedJSON) -> JSONValue? {
        guard var members else { return nil }
        return try members.remaining { $0.matches(name) }
    }

    // MARK: Numbers and literals

    /// The text of a number, or nil.
    package var number: String? {
        guard case .scalar(let text) = self, let first = text.first, first == UInt8(ascii: "-") || first.isDigit,
            text.count <= Self.maximumNumberBytes, text.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) })
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// The maximum length of a number's text, in bytes; no id or offset is longer.
    private static let maximumNumberBytes = 64

    /// The value as an integer; nil if it is anything else or too large.
    package var integer: Int? {
        guard case .scalar(let text) = self else { return nil }
        var digits = text[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty, digits.count <= Self.maximumIntegerDigits else { return nil }
        var number = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -number : number
    }

    /// The maximum number of digits; any such number fits.
    private static let maximumIntegerDigits = 18

    /// True if the value is `true`.
    package var isTrue: Bool { isLiteral("true") }

    /// True if the value is `null`.
    package var isNull: Bool { isLiteral("null") }

    private func isLiteral(_ literal: String) -> Bool {
        if case .scalar(let text) = self { text.elementsEqual(literal.utf8) } else { false }
    }
}
