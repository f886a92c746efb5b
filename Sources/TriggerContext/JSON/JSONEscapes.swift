internal import Glibc

/// The escapes of JSON's strings (https://www.rfc-editor.org/rfc/rfc8259#section-7).
enum JSONEscapes {
    /// Undoes them, once over the text.
    ///
    /// - Returns: The bytes, never more than before; nil when an escape is malformed, a lone surrogate among them.
    static func undo(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            var rest = text[...]
            while let backslash = firstBackslash(in: rest) {
                count = output.append(rest[..<backslash], at: count)
                rest = rest[(backslash + 1)...]
                guard let end = append(popEscape(&rest), to: output, at: count) else {
                    isWhole = false
                    return
                }
                count = end
            }
            count = output.append(rest, at: count)
        }
        return isWhole ? bytes : nil
    }

    /// Text between escapes is copied in one piece.
    private static func firstBackslash(in text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let rest = UnsafeBufferPointer(rebasing: text)
        guard let start = rest.baseAddress, let found = memchr(start, Int32(UInt8(ascii: "\\")), rest.count) else {
            return nil
        }
        return text.startIndex + (UnsafeRawPointer(found) - UnsafeRawPointer(start))
    }

    /// What an escape stands for.
    private enum Meaning {
        case byte(UInt8)
        case scalar(Unicode.Scalar)
    }

    /// - Returns: Where the next byte goes; nil when the escape is malformed.
    private static func append(_ meaning: Meaning?, to output: UnsafeMutableBufferPointer<UInt8>, at count: Int) -> Int?
    {
        var count = count
        switch meaning {
        case .byte(let byte):
            output[count] = byte
            count += 1
        case .scalar(let scalar):
            // An escape is never shorter than what it stands for.
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                output[count] = unit
                count += 1
            }
        case nil: return nil
        }
        return count
    }

    /// What an escape stands for, from behind its backslash.
    private static func popEscape(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Meaning? {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): .byte(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): .byte(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): .byte(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): .byte(0x08)
        case UInt8(ascii: "f"): .byte(0x0C)
        case UInt8(ascii: "n"): .byte(0x0A)
        case UInt8(ascii: "r"): .byte(0x0D)
        case UInt8(ascii: "t"): .byte(0x09)
        case UInt8(ascii: "u"): popUTF16(&rest).map { .scalar($0) }
        default: nil
        }
    }

    private static func popUTF16(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
        guard let high = popUnit(&rest) else { return nil }
        guard (0xD800...0xDBFF).contains(high) else { return Unicode.Scalar(high) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"), let low = popUnit(&rest),
            (0xDC00...0xDFFF).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    private static func popUnit(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = rest.popFirst().flatMap(hexadecimal) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Copies bytes in, which must fit.
    ///
    /// - Returns: The place behind them.
    fileprivate func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) -> Int {
        _ = self[start...].update(fromContentsOf: bytes)
        return start + bytes.count
    }
}
