/// How a piece of text looks, where colours are wanted.
package enum TerminalStyle: Sendable {
    /// As the terminal has it.
    case plain
    /// What the eye should find first.
    case strong
    /// What explains the rest.
    case faint
    /// Something that failed.
    case bad
    /// Something to look at.
    case notable
    /// Something that went well.
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
