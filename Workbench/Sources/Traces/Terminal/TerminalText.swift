/// Escapes untrusted text for a terminal, and measures its width there.
package enum TerminalText {
    /// The default length limit of a text, in Unicode scalars.
    package static let textLimitScalars = 4_000

    /// Escapes the characters that can control a terminal: control characters, line breaks and bidirectional formatting
    /// characters.
    ///
    /// - Parameters:
    ///   - text: The untrusted text.
    ///   - limitScalars: The length limit, in Unicode scalars; a longer text is cut and ends with `…`.
    /// - Returns: One line of printable text.
    package static func escaped(_ text: String, limitScalars: Int = textLimitScalars) -> String {
        var result = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < limitScalars else { return result + "…" }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where drivesTerminal(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Tests a scalar for effects on a terminal other than its display.
    ///
    /// - Parameter scalar: The scalar.
    /// - Returns: `true` for the C0 and C1 controls, DEL, line separators and bidirectional formatting characters.
    package static func drivesTerminal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The width of a character in a terminal, in columns.
    ///
    /// - Parameter character: A printable character.
    /// - Returns: 2 for wide characters (CJK, emoji), else 1.
    package static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The width of a text in a terminal, in columns.
    ///
    /// - Parameter text: Printable text on one line.
    /// - Returns: The sum of the characters' widths.
    package static func columns(of text: String) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }
}
