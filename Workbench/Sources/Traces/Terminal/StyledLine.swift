/// One line of output: escaped texts, each with a style.
package struct StyledLine: Sendable {
    private var pieces: [(text: String, style: TerminalStyle)] = []

    /// Creates an empty line.
    package init() {}

    /// Creates a line of one text.
    ///
    /// - Parameters:
    ///   - text: The text, which may be untrusted; it is escaped here.
    ///   - style: The style.
    ///   - limitScalars: The length limit of the text, in Unicode scalars.
    package init(
        _ text: String,
        _ style: TerminalStyle = .plain,
        limitScalars: Int = TerminalText.textLimitScalars
    ) {
        append(text, style, limitScalars: limitScalars)
    }

    /// Appends a text.
    ///
    /// - Parameters:
    ///   - text: The text, which may be untrusted; it is escaped here, so that a line never contains control
    ///     characters.
    ///   - style: The style.
    ///   - limitScalars: The length limit of the text, in Unicode scalars.
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
