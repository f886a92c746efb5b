import Glibc

/// What the standard streams are connected to.
struct TerminalSettings: Sendable {
    /// The width where nothing says another one.
    private static let defaultWidthColumns = 120
    /// The least width that a tree is drawn for.
    private static let leastWidthColumns = 40

    let widthColumns: Int
    let outputUsesColour: Bool
    let errorUsesColour: Bool
    let errorIsTerminal: Bool

    /// Looks at the streams.
    ///
    /// - Parameter environment: The caller's environment; `NO_COLOR` (https://no-color.org) with any text turns colours off.
    init(environment: [String: String]) {
        let isColourful = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let outputIsTerminal = isatty(STDOUT_FILENO) == 1
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        outputUsesColour = outputIsTerminal && isColourful
        errorUsesColour = errorIsTerminal && isColourful
        var size = winsize()
        let isKnown = outputIsTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let width = isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? Self.defaultWidthColumns
        widthColumns = max(width, Self.leastWidthColumns)
    }
}
