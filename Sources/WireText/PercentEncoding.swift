/// Percent-encoding (https://www.rfc-editor.org/rfc/rfc3986#section-2.1).
package enum PercentEncoding {
    /// Encodes the bytes of a text that may not stand for themselves.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isKept: Returns true for a byte that is not encoded.
    /// - Returns: The text in ASCII, if only ASCII bytes are kept.
    package static func encode(_ text: String, keeping isKept: (UInt8) -> Bool = isUnreserved) -> String {
        // Fast path: most values are ids and names.
        guard !text.utf8.allSatisfy(isKept) else { return text }
        return encode(text.utf8, keeping: isKept)
    }

    private static func encode(_ text: some Collection<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for byte in text {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 0xF)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decodes percent-encoding; a `%` without two hexadecimal digits is kept.
    ///
    /// - Parameters:
    ///   - source: The encoded text.
    ///   - decodesPlus: True to decode `+` as a space, as in a query (https://url.spec.whatwg.org/#urlencoded-parsing).
    /// - Returns: The decoded text; bytes that are not UTF-8 are replaced.
    package static func decode(_ source: ArraySlice<UInt8>, decodesPlus: Bool) -> String {
        guard source.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: source, as: UTF8.self)
        }
        return String(decoding: decodedBytes(source, decodesPlus: decodesPlus), as: UTF8.self)
    }

    private static func decodedBytes(_ source: ArraySlice<UInt8>, decodesPlus: Bool) -> [UInt8] {
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
        return bytes
    }

    /// Encodes a name or a value of a query again, with only the unreserved characters kept.
    ///
    /// - Parameter source: The encoded text; `+` is a space, and bytes that are not encoded become so.
    /// - Returns: The text in ASCII, with the same bytes when it is decoded.
    package static func reencode(_ source: some StringProtocol) -> String {
        let bytes = decodedBytes(Array(source.utf8)[...], decodesPlus: true)
        return encode(bytes, keeping: isUnreserved)
    }

    /// True for the unreserved characters (https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool { byte.isLetterOrDigit || "-._~".utf8.contains(byte) }

    private static func value(of digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, let high = digits.first.flatMap(Hexadecimal.value),
            let low = digits.last.flatMap(Hexadecimal.value)
        else { return nil }
        return high << 4 | low
    }

    /// Returns the upper-case digit, which RFC 3986 recommends.
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }
}
