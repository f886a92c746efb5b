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
