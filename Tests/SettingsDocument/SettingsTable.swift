import SessionTracing

/// The table of all settings in `docs/configuration.md`.
enum SettingsTable {
    static let header = "| Variable | Default | Unit | Read by | Meaning |"

    /// The lines of the table, the header included.
    static var lines: [String] {
        [header, "|---|---|---|---|---|"]
            + EnvironmentVariable.allCases.map { variable in
                let declaration = variable.declaration
                let cells = [
                    "`\(variable.rawValue)`", fallback(declaration), unit(declaration.form), declaration.reader,
                    declaration.meaning,
                ]
                return "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
            }
    }

    private static func fallback(_ declaration: SettingDeclaration) -> String {
        if let fallback = declaration.fallback { return "`\(fallback)`" }
        return declaration.consequence.map { "none: \($0)" } ?? "none"
    }

    private static func unit(_ form: SettingDeclaration.Form) -> String {
        switch form {
        case .text(let notation): notation
        case .flag: "`true`, `false`"
        case .number(_, let unit): unit
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}
