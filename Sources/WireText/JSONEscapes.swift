/// Escapes of JSON strings (https://www.rfc-editor.org/rfc/rfc8259#section-7).
enum JSONEscapes {
    /// The length of the longest escape of one byte or UTF-16 code unit, `\u001f`, in bytes.
    static let longest = 6

    // MARK: Writing

    /// Writes UTF-8 with escapes, copying sixteen bytes at a time, because most strings need few.
    ///
    /// - Returns: The number of bytes written, at most ``longest`` for each byte of the text.
    static func write(_ text: UnsafeRawPointer, count: Int, to output: UnsafeMutableRawPointer) -> Int {
        var (source, target) = (text, output)
        let end = text + count
        while end - source >= ByteBlock.byteCount {
            let block = source.loadUnaligned(as: ByteBlock.self)
            // Stores all bytes even if fewer count: the escaped form of the rest is at least as long.
            target.storeBytes(of: block, as: ByteBlock.self)
            let controls = (block .< ByteBlock(0x20)) .| block.equals(0x7F)
            let escaped = controls .| block.equals(UInt8(ascii: "\"")) .| block.equals(UInt8(ascii: "\\"))
            guard let plainCount = ByteMatches(escaped).first else {
                source += ByteBlock.byteCount
                target += ByteBlock.byteCount
                continue
            }
            target += plainCount
            target += write(UInt16(source.load(fromByteOffset: plainCount, as: UInt8.self)), to: target)
            source += plainCount + 1
        }
        while source < end {
            let byte = source.load(as: UInt8.self)
            if byte > 0x7F {
                target.storeBytes(of: byte, as: UInt8.self)
                target += 1
            } else {
                target += writeASCII(UInt16(byte), to: target)
            }
            source += 1
        }
        return target - output
    }

    /// Writes a UTF-16 code unit in ASCII, as an escape if it needs one or is beyond ASCII.
    ///
    /// - Returns: The number of bytes written.
    static func writeASCII(_ unit: UInt16, to target: UnsafeMutableRawPointer) -> Int {
        guard unit < 0x20 || unit >= 0x7F || unit == 0x22 || unit == 0x5C else {
            target.storeBytes(of: UInt8(unit), as: UInt8.self)
            return 1
        }
        return write(unit, to: target)
    }

    /// Writes the escape of a UTF-16 code unit.
    ///
    /// - Returns: The number of bytes written.
    private static func write(_ unit: UInt16, to target: UnsafeMutableRawPointer) -> Int {
        target.storeBytes(of: UInt8(ascii: "\\"), as: UInt8.self)
        let letter: UInt8? =
            switch unit {
            case 0x22: UInt8(ascii: "\"")
            case 0x5C: UInt8(ascii: "\\")
            case 0x0A: UInt8(ascii: "n")
            case 0x0D: UInt8(ascii: "r")
            case 0x09: UInt8(ascii: "t")
            default: nil
            }
        if let letter {
            target.storeBytes(of: letter, toByteOffset: 1, as: UInt8.self)
            return 2
        }
        target.storeBytes(of: UInt8(ascii: "u"), toByteOffset: 1, as: UInt8.self)
        let digits = UInt32(truncatingIfNeeded: Hexadecimal.digits(of: UInt32(unit)))
        target.storeBytes(of: digits.bigEndian, toByteOffset: 2, as: UInt32.self)
        return longest
    }

    // MARK: Reading

    /// Decodes the escapes of a string in one pass.
    ///
    /// - Parameters:
    ///   - text: The text between a string's quotes.
    ///   - output: The destination, at least as large as the text; no escape is shorter than its UTF-8.
    /// - Returns: The number of bytes written; nil if an escape is malformed. A lone surrogate becomes U+FFFD.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        precondition(output.count >= text.count, "the destination is too small")
        var (position, count) = (0, 0)
        while true {
            copyPlainText(text, from: &position, to: output, at: &count)
            guard position < text.count else { return count }
            position += 1
            guard let scalar = readEscape(text, at: &position) else { return nil }
            if scalar.isASCII {
                output[count] = UInt8(truncatingIfNeeded: scalar.value)
                count += 1
            } else {
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    output[count] = unit
                    count += 1
                }
            }
        }
    }

    /// Copies bytes up to the next backslash or the end, sixteen at a time, because escapes are sparse.
    @inline(__always)
    private static func copyPlainText(
        _ text: UnsafeBufferPointer<UInt8>,
        from position: inout Int,
        to output: UnsafeMutableBufferPointer<UInt8>,
        at count: inout Int
    ) {
        let source = UnsafeRawBufferPointer(text)
        let target = UnsafeMutableRawBufferPointer(output)
        // The output is never longer than the input read so far, so if a block can be read, one can be written.
        while position <= source.count - ByteBlock.byteCount {
            let block = source.loadUnaligned(fromByteOffset: position, as: ByteBlock.self)
            target.storeBytes(of: block, toByteOffset: count, as: ByteBlock.self)
            let plainCount = ByteMatches(block.equals(UInt8(ascii: "\\"))).first
            position += plainCount ?? ByteBlock.byteCount
            count += plainCount ?? ByteBlock.byteCount
            if plainCount != nil { return }
        }
        while position < source.count, source[position] != UInt8(ascii: "\\") {
            target[count] = source[position]
            position += 1
            count += 1
        }
    }

    /// Reads an escape after its backslash; returns nil if it is malformed.
    @inline(__always)
    private static func readEscape(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Unicode.Scalar? {
        guard position < text.count else { return nil }
        let letter = text[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return readUTF16(text, at: &position)
        default: return nil
        }
    }

    private static func readUTF16(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Unicode.Scalar? {
        guard let unit = readUnit(text, at: &position) else { return nil }
        guard (0xD800...0xDBFF).contains(unit) else { return Unicode.Scalar(unit) ?? replacement }
        var behind = position + 2
        guard behind < text.count, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u"),
            let low = readUnit(text, at: &behind), (0xDC00...0xDFFF).contains(low)
        else { return replacement }
        position = behind
        return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private static func readUnit(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var unit: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = Hexadecimal.value(of: text[index]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }
}
