import SessionTracing
import SpanExport
import Testing

/// Resolves settings; returns the destination or the error as a value.
func resolve(
    _ environment: Environment,
    overrides: ExportOverrides = ExportOverrides(),
    source: String = "dev"
) -> Result<ExportDestination?, ConfigurationProblem> {
    do throws(ConfigurationProblem) {
        var reader = SettingsReader(environment)
        return .success(
            try ExportDestination.resolve(&reader, overrides: overrides, source: source, version: "1.2.3")
        )
    } catch {
        return .failure(error)
    }
}

/// Returns the destination of the settings.
func resolved(
    _ environment: Environment,
    overrides: ExportOverrides = ExportOverrides(),
    source: String = "dev"
) throws -> ExportDestination {
    try #require(try resolve(environment, overrides: overrides, source: source).get())
}

/// Returns the problems of settings that are not used, for a destination that is.
func problems(_ environment: Environment) throws -> [String] {
    var reader = SettingsReader(environment)
    _ = try #require(
        try ExportDestination.resolve(&reader, overrides: ExportOverrides(), source: "dev", version: "1.2.3")
    )
    return reader.problems.map(\.description)
}

/// Returns the problem of the settings, or nil.
func refusal(_ environment: Environment, overrides: ExportOverrides = ExportOverrides()) -> String? {
    guard case .failure(let problem) = resolve(environment, overrides: overrides) else { return nil }
    return problem.description
}

extension Environment {
    /// Returns these variables with one replaced.
    func with(_ variable: EnvironmentVariable, _ value: String) -> Environment {
        var values: [String: String] = [:]
        for known in EnvironmentVariable.allCases { values[known.rawValue] = self[known] }
        values[variable.rawValue] = value
        return Environment(values)
    }
}

/// Values that count as unset: empty or white space.
let blanks = ["", " ", "\t", " \n ", "\r\n"]
