/// Lower-case hexadecimal of fixed width, the way W3C Trace Context and OTLP/JSON write ids.
enum Hexadecimal {
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        }
    }

    static func string(_ values: UInt64...) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 16)
        for value in values { append(value, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of a hexadecimal digit; upper case is read only when asked for.
    static func value(of digit: UInt8, allowsUpperCase: Bool = false) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F") where allowsUpperCase: digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Reads up to 16 lower-case digits; nil for anything else.
    static func parse(_ text: some Collection<UInt8>) -> UInt64? {
        guard !text.isEmpty, text.count <= 16 else { return nil }
        var result: UInt64 = 0
        for digit in text {
            guard let value = value(of: digit) else { return nil }
            result = result << 4 | UInt64(value)
        }
        return result
    }
}
