/// Hexadecimal digits, such as those of ids in W3C Trace Context and OTLP/JSON.
package enum Hexadecimal {
    /// Returns the eight lower-case digits of a number, one per byte, the first digit in the highest byte.
    static func digits(of value: UInt32) -> UInt64 {
        // Spread the eight half bytes over eight bytes.
        var digits = UInt64(value)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 in each byte whose value is 10 or more, which becomes a letter.
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ letters &* UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
    }

    /// Returns one of a number's 16 lower-case digits; index 0 is the first digit.
    package static func digit(_ index: Int, of value: UInt64) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: value &>> UInt64(60 - 4 * index)) & 0xF
        return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
    }

    /// Returns the 16 lower-case digits of a number.
    package static func string(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { text in
            for index in 0..<16 { text.initializeElement(at: index, to: digit(index, of: value)) }
            return 16
        }
    }

    /// Returns the lower-case digits of bytes.
    package static func string(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (index, byte) in bytes.enumerated() {
                text.initializeElement(at: 2 * index, to: digit(14, of: UInt64(byte)))
                text.initializeElement(at: 2 * index + 1, to: digit(15, of: UInt64(byte)))
            }
            return 2 * bytes.count
        }
    }

    /// Returns the value of a digit in either case, or nil.
    package static func value(of digit: UInt8) -> UInt8? {
        switch digit.lowercased {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit.lowercased - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Parses up to 16 lower-case digits; returns nil for anything else.
    package static func parse(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard !text.isEmpty, text.count <= 16 else { return nil }
        var result: UInt64 = 0
        for digit in text {
            guard digit == digit.lowercased, let value = value(of: digit) else { return nil }
            result = result << 4 | UInt64(value)
        }
        return result
    }
}
