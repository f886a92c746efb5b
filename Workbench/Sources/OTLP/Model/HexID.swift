/// A trace id: 16 bytes, not all zero.
package struct TraceID: Sendable, Hashable, Comparable {
    /// 32 lower-case hexadecimal digits.
    package let hex: String

    /// Creates an id; `nil` unless there are 16 bytes, not all zero.
    ///
    /// - Parameter bytes: The id's bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let hex = HexDigits.text(of: bytes, byteCount: 16) else { return nil }
        self.hex = hex
    }

    /// Creates an id; `nil` unless there are 32 digits, not all zero.
    ///
    /// - Parameter hex: The id's hexadecimal digits, in either case.
    package init?(hex: String) {
        guard let bytes = HexDigits.bytes(of: hex) else { return nil }
        self.init(bytes: bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

/// A span id: 8 bytes, not all zero.
package struct SpanID: Sendable, Hashable, Comparable {
    /// 16 lower-case hexadecimal digits.
    package let hex: String

    /// Creates an id; `nil` unless there are 8 bytes, not all zero.
    ///
    /// - Parameter bytes: The id's bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let hex = HexDigits.text(of: bytes, byteCount: 8) else { return nil }
        self.hex = hex
    }

    /// Creates an id; `nil` unless there are 16 digits, not all zero.
    ///
    /// - Parameter hex: The id's hexadecimal digits, in either case.
    package init?(hex: String) {
        guard let bytes = HexDigits.bytes(of: hex) else { return nil }
        self.init(bytes: bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

private enum HexDigits {
    static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: some Collection<UInt8>, byteCount: Int) -> String? {
        guard bytes.count == byteCount, bytes.contains(where: { $0 != 0 }) else { return nil }
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(of hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
