extension OutputBytes {
    /// Appends an integer in decimal digits.
    mutating func append(decimal value: some BinaryInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimalDigitsOf: UInt64(value.magnitude))
    }

    /// Writes two digits per step, the last ones first, into the end of the reserved space, then moves them to its
    /// start.
    private mutating func append(decimalDigitsOf value: UInt64) {
        let maximum = 20
        append(atMost: maximum) { target in
            var rest = value
            var start = maximum
            while rest >= 100 {
                let pair = Int(rest % 100)
                rest /= 100
                start -= 2
                target.storeBytes(of: Self.pair(pair), toByteOffset: start, as: UInt16.self)
            }
            if rest >= 10 {
                start -= 2
                target.storeBytes(of: Self.pair(Int(rest)), toByteOffset: start, as: UInt16.self)
            } else {
                start -= 1
                target.storeBytes(of: UInt8(ascii: "0") + UInt8(rest), toByteOffset: start, as: UInt8.self)
            }
            target.copyMemory(from: target + start, byteCount: maximum - start)
            return maximum - start
        }
    }

    /// Returns the two digits of a number below 100, in memory order.
    @inline(__always)
    private static func pair(_ value: Int) -> UInt16 {
        let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
        return UInt16(littleEndian: UInt16(0x3030) + UInt16(tens) + UInt16(ones) << 8)
    }

    /// Appends 16 lower-case hexadecimal digits.
    mutating func append(hexadecimal value: UInt64) {
        append(bigEndian: Hexadecimal.digits(of: UInt32(value >> 32)))
        append(bigEndian: Hexadecimal.digits(of: UInt32(truncatingIfNeeded: value)))
    }

    // MARK: JSON escapes

    /// Appends a string's content escaped for JSON (RFC 8259, section 7), without the quotes.
    mutating func append(escaping text: String) {
        text.withUTF8Bytes { append(escaping: $0) }
    }

    /// The piece length in which long strings are escaped, in bytes.
    ///
    /// One byte can become six, and reserving six times the length of a long string would mostly be wasted.
    private static let escapedPieceBytes = 512
    private static let longestEscape = 6

    private mutating func append(escaping text: UnsafeRawBufferPointer) {
        guard var piece = text.baseAddress else { return }
        var rest = text.count
        while rest > 0 {
            let count = min(rest, Self.escapedPieceBytes)
            append(atMost: count * Self.longestEscape) { Self.escape(piece, count: count, into: $0) }
            piece += count
            rest -= count
        }
    }

    /// Escapes a piece, copying eight bytes at a time, because most strings need no escaping.
    ///
    /// - Returns: The number of bytes written.
    private static func escape(
        _ text: UnsafeRawPointer,
        count: Int,
        into output: UnsafeMutableRawPointer
    ) -> Int {
        var (source, target) = (text, output)
        let end = text + count
        while end - source >= 8 {
            let word = UInt64(littleEndian: source.loadUnaligned(as: UInt64.self))
            // Stores all eight bytes even if fewer count: the escaped form of the rest is at least as long.
            target.storeBytes(of: word.littleEndian, as: UInt64.self)
            let marks = marks(in: word)
            if marks == 0 {
                source += 8
                target += 8
                continue
            }
            let plainCount = marks.trailingZeroBitCount / 8
            target += plainCount
            target += escape(UInt16(source.load(fromByteOffset: plainCount, as: UInt8.self)), at: target)
            source += plainCount + 1
        }
        while source < end {
            let byte = source.load(as: UInt8.self)
            if needsEscape(byte) {
                target += escape(UInt16(byte), at: target)
            } else {
                target.storeBytes(of: byte, as: UInt8.self)
                target += 1
            }
            source += 1
        }
        return target - output
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    /// Returns a mask whose lowest set bit marks the first byte that needs escaping.
    ///
    /// Bits of higher bytes are not reliable.
    @inline(__always)
    private static func marks(in word: UInt64) -> UInt64 {
        lowBytes(of: word, below: 0x20) | bytes(UInt8(ascii: "\""), in: word) | bytes(UInt8(ascii: "\\"), in: word)
            | bytes(0x7F, in: word)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    @inline(__always)
    private static func lowBytes(of word: UInt64, below limit: UInt8) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & (ones &* 0x80)
    }

    @inline(__always)
    private static func bytes(_ byte: UInt8, in word: UInt64) -> UInt64 {
        lowBytes(of: word ^ (ones &* UInt64(byte)), below: 1)
    }

    /// Appends a string's content escaped to ASCII, for an HTTP header.
    mutating func append(escapingToASCII text: String) {
        for unit in text.utf16 {
            append(atMost: Self.longestEscape) { target in
                guard unit < 0x20 || unit >= 0x7F || unit == 0x22 || unit == 0x5C else {
                    target.storeBytes(of: UInt8(unit), as: UInt8.self)
                    return 1
                }
                return Self.escape(unit, at: target)
            }
        }
    }

    /// Writes the escape of a UTF-16 code unit.
    ///
    /// - Returns: The number of bytes written.
    private static func escape(_ unit: UInt16, at target: UnsafeMutableRawPointer) -> Int {
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
        return longestEscape
    }
}
