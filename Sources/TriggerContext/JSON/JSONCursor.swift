/// A position in JSON text; finds strings and skips values without copying.
///
/// It validates only what it needs to proceed. Invalid JSON makes it stop; the decoder of the event reports the error.
/// Nesting needs no stack: skipping counts brackets.
struct JSONCursor {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// Returns true if only white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return position >= text.count
    }

    /// Moves past a byte if it is the next one after white space.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    /// Reads the string at the cursor; returns nil if there is none or it is unterminated.
    mutating func readString() -> JSONString? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var hasEscapes = false
        while true {
            skipPlainText()
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: "\"") {
                let content = UnsafeBufferPointer(rebasing: text[start..<position])
                position += 1
                return JSONString(content: content, hasEscapes: hasEscapes)
            }
            hasEscapes = true
            position += 2
        }
    }

    /// Returns the next byte after white space; nil at the end.
    @inline(__always)
    mutating func peek() -> UInt8? {
        skipSpace()
        return position < text.count ? text[position] : nil
    }

    /// Reads a number or a literal; returns an empty buffer if there is none.
    mutating func readScalar() -> UnsafeBufferPointer<UInt8> {
        let start = position
        skipScalar()
        return UnsafeBufferPointer(rebasing: text[start..<position])
    }

    /// Moves past the value at the cursor, at any depth, without interpreting it.
    ///
    /// - Returns: True if there is a value that ends within the text.
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

    /// Moves to the next quote or backslash, or to the end.
    ///
    /// It tests eight bytes at a time, because most of an event is strings.
    @inline(__always)
    private mutating func skipPlainText() {
        let bytes = UnsafeRawBufferPointer(text)
        while position <= bytes.count - 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let found = Self.marks(of: UInt8(ascii: "\""), in: word) | Self.marks(of: UInt8(ascii: "\\"), in: word)
            if found != 0 {
                position += found.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while position < text.count, text[position] != UInt8(ascii: "\""), text[position] != UInt8(ascii: "\\") {
            position += 1
        }
    }

    /// Returns the index of the first occurrence of a byte among eight, the lowest byte first, or nil.
    static func firstByte(_ byte: UInt8, in word: UInt64) -> Int? {
        let found = marks(of: byte, in: word)
        return found == 0 ? nil : found.trailingZeroBitCount / 8
    }

    /// Returns a mask whose lowest set bit is the highest bit of the first byte that equals the given one.
    ///
    /// Such a byte becomes zero, and the borrow of the subtraction then sets its highest bit. The highest bits of later
    /// bytes may also be set, so only the lowest set bit counts.
    private static func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & (ones &* 0x80)
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

    @inline(__always)
    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
