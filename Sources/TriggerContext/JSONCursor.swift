/// Walks over JSON text in place: finds members, skips values, copies nothing but what is asked for.
///
/// It checks no more than it needs to find its way. Text that is not JSON makes it stop, not fail: whoever decodes the event
/// reports the error. Depth costs no stack: skipping counts brackets.
struct JSONCursor {
    private let text: UnsafeBufferPointer<UInt8>
    private var position: Int

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        position = 0
    }

    /// What the value at the cursor is, by its first byte.
    enum Kind {
        case object
        case array
        case string
        case other
    }

    /// The kind of the next value, or nil at the end of the text.
    mutating func peek() -> Kind? {
        skipSpace()
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        default: return .other
        }
    }

    /// Visits the members of the object at the cursor until one is malformed or the visitor asks to stop.
    ///
    /// - Parameter visit: Gets a name and the cursor before its value, which it must read or skip. False stops.
    /// - Returns: Whether the object was visited to its end.
    mutating func forEachMember(_ visit: (_ name: JSONString, inout JSONCursor) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = readString(), take(UInt8(ascii: ":")) else { return false }
            guard visit(name, &self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Whether nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        peek() == nil
    }

    /// Reads the string at the cursor; nil when there is none or it has no end.
    mutating func readString() -> JSONString? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var hasEscapes = false
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                let content = UnsafeBufferPointer(rebasing: text[start..<position])
                position += 1
                return JSONString(content: content, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            default:
                position += 1
            }
        }
        return nil
    }

    /// Moves past the value at the cursor, however deep it is.
    ///
    /// - Returns: False when the text ends within it.
    mutating func skipValue() -> Bool {
        var depth = 0
        repeat {
            skipSpace()
            guard position < text.count else { return false }
            switch text[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth >= 0 else { return false }
                position += 1
            case UInt8(ascii: "\""):
                guard readString() != nil else { return false }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position += 1
            default:
                skipScalar()
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

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }
}
