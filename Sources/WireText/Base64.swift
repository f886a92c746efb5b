/// Base64 with the standard alphabet (https://www.rfc-editor.org/rfc/rfc4648#section-4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character; 0x80 if it is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// Encodes bytes, with padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 0x3F] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes padded base64; returns nil if it is invalid.
    package static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 == 0 else { return nil }
        return text.utf8.span.withUnsafeBufferPointer { text in
            var isValid = false
            let bytes = [UInt8](unsafeUninitializedCapacity: maximumDecodedCount(text.count)) { output, count in
                guard let written = decode(text, into: output) else { return }
                count = written
                isValid = true
            }
            return isValid ? bytes : nil
        }
    }

    /// The largest number of bytes that base64 of a length decodes to.
    package static func maximumDecodedCount(_ count: Int) -> Int { count / 4 * 3 + 2 }

    /// Decodes base64 with or without padding.
    ///
    /// - Parameters:
    ///   - text: The base64 text.
    ///   - output: The destination, with space for ``maximumDecodedCount(_:)`` bytes.
    /// - Returns: The number of bytes written; nil if the text is invalid.
    package static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var text = text[...]
        var paddingCount = 0
        while paddingCount < 2, text.last == UInt8(ascii: "=") {
            text.removeLast()
            paddingCount += 1
        }
        guard text.count % 4 != 1, paddingCount == 0 || (text.count + paddingCount) % 4 == 0 else { return nil }
        precondition(output.count >= maximumDecodedCount(text.count), "the destination is too small")
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
