import SessionTracing
import SpanExport
import Testing

/// What a resolution of settings came to, with the error as a value.
func resolve(
    _ environment: Environment,
    overrides: ExportOverrides = ExportOverrides(),
    source: String = "dev"
) -> Result<ExportDestination?, ConfigurationProblem> {
    do throws(ConfigurationProblem) {
        return .success(
            try ExportDestination.resolve(from: environment, overrides: overrides, source: source, version: "1.2.3")
        )
    } catch {
        return .failure(error)
    }
}

/// The destination that the settings lead to.
func resolved(
    _ environment: Environment,
    overrides: ExportOverrides = ExportOverrides(),
    source: String = "dev"
) throws -> ExportDestination {
    try #require(try resolve(environment, overrides: overrides, source: source).get())
}

/// The problem that the settings have, or nil.
func refusal(_ environment: Environment, overrides: ExportOverrides = ExportOverrides()) -> String? {
    guard case .failure(let problem) = resolve(environment, overrides: overrides) else { return nil }
    return problem.description
}

extension Environment {
    /// These variables and others over them.
    func with(_ variable: EnvironmentVariable, _ value: String) -> Environment {
        var values: [String: String] = [:]
        for known in EnvironmentVariable.allCases { values[known.rawValue] = self[known] }
        values[variable.rawValue] = value
        return Environment(values)
    }
}

/// White space and nothing, which count as unset.
let blanks = ["", " ", "\t", " \n ", "\r\n"]
