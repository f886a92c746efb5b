/// One line of output: pieces of safe text, each with its look.
package struct StyledLine: Sendable {
    private var pieces: [(text: String, style: TerminalStyle)] = []

    /// Makes an empty line.
    package init() {}

    /// Makes a line of one piece.
    ///
    /// - Parameters:
    ///   - text: Text from anywhere; it is escaped here.
    ///   - style: Its look.
    ///   - limitScalars: The length beyond which the text is cut.
    package init(
        _ text: String,
        _ style: TerminalStyle = .plain,
        limitScalars: Int = TerminalText.textLimitScalars
    ) {
        append(text, style, limitScalars: limitScalars)
    }

    /// Adds a piece.
    ///
    /// - Parameters:
    ///   - text: Text from anywhere; it is escaped here, so that nothing unsafe can get into a line.
    ///   - style: Its look.
    ///   - limitScalars: The length beyond which the text is cut.
    package mutating func append(
        _ text: String,
        _ style: TerminalStyle = .plain,
        limitScalars: Int = TerminalText.textLimitScalars
    ) {
        pieces.append((TerminalText.escaped(text, limitScalars: limitScalars), style))
    }

    /// The line as it is printed.
    ///
    /// - Parameters:
    ///   - widthColumns: The columns beyond which the line is cut, with `…` in the last one.
    ///   - usesColour: Whether the looks are written.
    /// - Returns: The text, with no line break.
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
