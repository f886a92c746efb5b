extension JSONParser {
    /// Parses a string; the position is at its opening quote.
    ///
    /// An unpaired surrogate escape becomes U+FFFD, because Swift strings cannot hold it.
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        var text = ""
        var runStart = position
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                text += try run(from: runStart)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += try run(from: runStart)
                position += 1
                text.unicodeScalars.append(try parseEscape())
                runStart = position
            case 0..<0x20:
                throw malformed("control characters in strings must be escaped")
            default:
                position += 1
            }
        }
        throw truncated()
    }

    private func run(from start: Int) throws(JSONError) -> String {
        guard start < position else { return "" }
        guard let run = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw JSONError(.malformed, at: start, "the string is not UTF-8")
        }
        return run
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = peek() else { throw truncated() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape()
        default:
            position -= 1
            throw malformed("unknown escape")
        }
    }

    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try parseHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let rewind = position
        position += 2
        let second = try parseHexDigits()
        guard (0xDC00...0xDFFF).contains(second) else {
            position = rewind
            return "\u{FFFD}"
        }
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func parseHexDigits() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw truncated() }
        let digits = bytes[position..<(position + 4)]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw malformed("expected four hexadecimal digits") }
        position += 4
        return value
    }

    /// Parses a number; the position is at its first character.
    mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return JSONNumber(validated: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else {
            throw position == bytes.count ? truncated() : malformed("expected a digit")
        }
    }
}
