/// Base64 with the standard alphabet (https://www.rfc-editor.org/rfc/rfc4648#section-4).
enum Base64 {
    /// Decodes base64 of a JSON object or string; other content is detected by its first bytes and not decoded.
    ///
    /// - Parameters:
    ///   - text: The base64 text.
    ///   - buffer: Receives the decoded bytes.
    /// - Returns: The decoded bytes; nil for other content or invalid base64.
    static func decodeJSON(
        _ text: UnsafeBufferPointer<UInt8>,
        into buffer: inout TextBuffer
    ) -> UnsafeBufferPointer<UInt8>? {
        let start = decode(UnsafeBufferPointer(rebasing: text.prefix(leadingBytes)), into: &buffer)
        switch start?.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "\""): return decode(text, into: &buffer)
        default: return nil
        }
    }

    /// The number of base64 characters decoded to detect JSON, a multiple of four; leading white space must be shorter.
    private static let leadingBytes = 64

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        into buffer: inout TextBuffer
    ) -> UnsafeBufferPointer<UInt8>? {
        var text = text[...]
        var paddingCount = 0
        while paddingCount < 2, text.last == UInt8(ascii: "=") {
            text.removeLast()
            paddingCount += 1
        }
        guard text.count % 4 != 1, paddingCount == 0 || (text.count + paddingCount) % 4 == 0 else { return nil }
        return buffer.fill(upTo: text.count / 4 * 3 + 2) { output in
            var invalid: UInt8 = 0
            var count = 0
            var bits: UInt32 = 0
            var bitCount = 0
            for byte in text {
                let value = values[Int(byte)]
                invalid |= value
                bits = bits << 6 | UInt32(value & 0x3F)
                bitCount += 6
                guard bitCount >= 8 else { continue }
                bitCount -= 8
                output[count] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
                count += 1
            }
            return invalid & 0x80 == 0 ? count : nil
        }
    }

    /// The value of each character; 0x80 if it is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()
}
