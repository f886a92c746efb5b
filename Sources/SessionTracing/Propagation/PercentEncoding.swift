/// Percent-encoding of baggage values (https://www.w3.org/TR/baggage/#value).
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encode(_ text: String) -> String {
        // Fast path: most values are ids and names.
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decodes percent-encoding; a `%` without two hexadecimal digits is kept.
    static func decode(_ source: ArraySlice<UInt8>, decodesPlus: Bool) -> String {
        guard source.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: source, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var rest = source
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let encoded = value(of: rest.prefix(2)) {
                bytes.append(encoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(decodesPlus && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(of digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, let first = digits.first, let last = digits.last,
            let high = Hexadecimal.value(of: first, allowsUpperCase: true),
            let low = Hexadecimal.value(of: last, allowsUpperCase: true)
        else { return nil }
        return high << 4 | low
    }

    /// True for a `baggage-octet` except `%` and `+`, which a decoding reader would change.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "\\"):
            false
        default: byte > 0x20 && byte < 0x7F
        }
    }
}
