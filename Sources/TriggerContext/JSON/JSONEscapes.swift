/// Decodes the escapes of JSON strings (https://www.rfc-editor.org/rfc/rfc8259#section-7).
enum JSONEscapes {
    /// Decodes the escapes of a string.
    ///
    /// - Parameter text: The text between a string's quotes.
    /// - Returns: The decoded bytes, at most as many as before; nil if an escape is malformed or a lone surrogate.
    static func undo(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            guard let written = undo(text, into: output) else { return }
            count = written
            isWhole = true
        }
        return isWhole ? bytes : nil
    }

    /// Decodes the escapes of a string in one pass.
    ///
    /// - Parameters:
    ///   - text: The text between a string's quotes.
    ///   - output: The destination, at least as large as the text.
    /// - Returns: The number of bytes written; nil if an escape is malformed.
    static func undo(_ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        var rest = text[...]
        var count = copyPlainText(&rest, to: output, at: 0)
        while rest.popFirst() != nil {
            guard let end = append(popEscape(&rest), to: output, at: count) else { return nil }
            count = copyPlainText(&rest, to: output, at: end)
        }
        return count
    }

    /// Copies bytes up to the next backslash or the end, eight at a time, because escapes are sparse.
    ///
    /// - Returns: The index after the copied bytes.
    private static func copyPlainText(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>,
        to output: UnsafeMutableBufferPointer<UInt8>,
        at start: Int
    ) -> Int {
        let source = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest))
        // The output is never longer than the input read so far, so if eight bytes can be read, eight can be written.
        let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: output[start...]))
        var count = 0
        while count <= source.count - 8 {
            let word = source.loadUnaligned(fromByteOffset: count, as: UInt64.self)
            target.storeBytes(of: word, toByteOffset: count, as: UInt64.self)
            let found = JSONCursor.firstByte(UInt8(ascii: "\\"), in: UInt64(littleEndian: word))
            count += found ?? 8
            if found != nil { break }
        }
        if count > source.count - 8 {
            while count < source.count, source[count] != UInt8(ascii: "\\") {
                target[count] = source[count]
                count += 1
            }
        }
        rest = rest.dropFirst(count)
        return start + count
    }

    /// The decoded value of an escape.
    private enum Meaning {
        case byte(UInt8)
        case scalar(Unicode.Scalar)
    }

    /// Writes the decoded value of an escape.
    ///
    /// - Returns: The index after the written bytes; nil if the escape is malformed.
    private static func append(_ meaning: Meaning?, to output: UnsafeMutableBufferPointer<UInt8>, at count: Int) -> Int?
    {
        var count = count
        switch meaning {
        case .byte(let byte):
            output[count] = byte
            count += 1
        case .scalar(let scalar):
            // An escape is never shorter than its UTF-8 encoding.
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                output[count] = unit
                count += 1
            }
        case nil: return nil
        }
        return count
    }

    /// Reads an escape after its backslash and returns its value; nil if it is malformed.
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
