/// One line of output: escaped texts, each with a style.
package struct StyledLine: Sendable {
    private var pieces: [(text: String, style: TerminalStyle)] = []

    /// Creates an empty line.
    package init() {}

    /// Creates a line of one text.
    ///
    /// `text`: The text, which may be untrusted; it is escaped here.
    /// `limitScalars`: The length limit of the text, in Unicode scalars.
    package init(
        _ text: String,
        _ style: TerminalStyle = .plain,
        limitScalars: Int = TerminalText.textLimitScalars
    ) {
        append(text, style, limitScalars: limitScalars)
    }

    /// Appends a text.
    ///
    /// `text`: The text, which may be untrusted; it is escaped here, so that a line never contains control
    /// characters.
    /// `limitScalars`: The length limit of the text, in Unicode scalars.
    package mutating func append(
        _ text: String,
        _ style: TerminalStyle = .plain,
        limitScalars: Int = TerminalText.textLimitScalars
    ) {
        pieces.append((TerminalText.escaped(text, limitScalars: limitScalars), style))
    }

    /// Renders the line for printing.
    ///
    /// - Parameters:
    ///   - widthColumns: The width at which the line is cut, with `…` in the last column.
    ///   - usesColour: `true` to write the styles.
    /// - Returns: The text, without a line break.
    package func rendered(widthColumns: Int, usesColour: Bool) -> String {
        var result = ""
        for (text, style) in cut(to: max(widthColumns, 1)) {
            if usesColour, let parameters = style.parameters {
                result += "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
            } else {
                result += text
            }
        }
        return result
    }

    private func cut(to widthColumns: Int) -> [(text: String, style: TerminalStyle)] {
        let total = pieces.reduce(0) { $0 + TerminalText.columns(of: $1.text) }
        guard total > widthColumns else { return pieces }
        var room = widthColumns - 1
        var kept: [(text: String, style: TerminalStyle)] = []
        for (text, style) in pieces {
            var fitting = ""
            for character in text {
                room -= TerminalText.columns(of: character)
                guard room >= 0 else {
                    kept.append((fitting + "…", style))
                    return kept
                }
                fitting.append(character)
            }
            kept.append((fitting, style))
        }
        return kept
    }
}

/// The style of a text, used if colours are enabled.
package enum TerminalStyle: Sendable {
    /// The terminal's default.
    case plain
    /// Emphasised.
    case strong
    /// Secondary.
    case faint
    /// A failure.
    case bad
    /// A warning.
    case notable
    /// A success.
    case good

    /// The parameters of the "select graphic rendition" sequence (ECMA-48, 8.3.117).
    var parameters: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .bad: "31"
        case .notable: "33"
        case .good: "32"
        }
    }
}

/// Escapes untrusted text for a terminal, and measures its width there.
package enum TerminalText {
    /// The default length limit of a text, in Unicode scalars.
    package static let textLimitScalars = 4_000

    /// Escapes the characters that can control a terminal: control characters, line breaks and bidirectional formatting
    /// characters.
    ///
    /// `limitScalars`: The length limit, in Unicode scalars; a longer text is cut and ends with `…`.
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
    /// - Returns: `true` for the C0 and C1 controls, DEL, line separators and bidirectional formatting characters.
    static func drivesTerminal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The width of a character in a terminal, in columns.
    ///
    /// - Returns: 2 for wide characters (CJK, emoji), else 1.
    static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The width of a text in a terminal, in columns.
    static func columns(of text: String) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }
}
