import Glibc

/// The properties of the terminal behind the standard streams.
struct TerminalSettings: Sendable {
    /// The default width, in columns.
    private static let defaultWidthColumns = 120
    /// The minimum width of a tree, in columns.
    private static let leastWidthColumns = 40

    let widthColumns: Int
    let outputUsesColour: Bool
    let errorUsesColour: Bool
    let errorIsTerminal: Bool

    /// Reads the properties.
    ///
    /// - Parameter environment: The caller's environment; a non-empty `NO_COLOR` (https://no-color.org) disables
    ///   colours.
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
