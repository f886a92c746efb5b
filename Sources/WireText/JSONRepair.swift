/// Replaces the parts of JSON strings that have no text, which a strict decoder refuses.
package enum JSONRepair {
    /// Replaces each lone surrogate (`\ud83d` without its other half), and bytes that are not UTF-8, by U+FFFD.
    ///
    /// JavaScript and Python write a lone surrogate where a text was cut within a character; JSON's grammar allows it
    /// (https://www.rfc-editor.org/rfc/rfc8259#section-8.2).
    ///
    /// - Parameter text: The JSON text.
    /// - Returns: The changed text; nil if there is nothing to replace.
    package static func repaired(_ text: [UInt8]) -> [UInt8]? {
        let escaped = withoutLoneSurrogates(text)
        guard String(validating: escaped ?? text, as: UTF8.self) == nil else { return escaped }
        return Array(String(decoding: escaped ?? text, as: UTF8.self).utf8)
    }

    private static func withoutLoneSurrogates(_ text: [UInt8]) -> [UInt8]? {
        var repaired: [UInt8]?
        var rest = text[...]
        while let escape = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[escape...]
            switch surrogate(rest) {
            case .high where surrogate(rest.dropFirst(JSONEscapes.longest)) == .low:
                rest = rest.dropFirst(2 * JSONEscapes.longest)
            case .high, .low:
                let replacement = #"\ufffd"#.utf8
                repaired = repaired ?? text
                repaired?.replaceSubrange(escape..<escape + replacement.count, with: replacement)
                rest = rest.dropFirst(JSONEscapes.longest)
            case nil:
                rest = rest.dropFirst(2)
            }
        }
        return repaired
    }

    private enum Surrogate {
        case high
        case low
    }

    /// The surrogate that the text starts with, as an escape; nil if it does not.
    private static func surrogate(_ text: ArraySlice<UInt8>) -> Surrogate? {
        var rest = text.prefix(JSONEscapes.longest)
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"), rest.count == 4 else {
            return nil
        }
        var unit: UInt16 = 0
        for byte in rest {
            guard let digit = Hexadecimal.value(of: byte) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return switch unit {
        case 0xD800...0xDBFF: .high
        case 0xDC00...0xDFFF: .low
        default: nil
        }
    }
}
