internal import SessionTracing

/// Reads numeric settings from the environment, and records each invalid one.
struct NumberSettings {
    let environment: Environment
    private(set) var problems: [ConfigurationProblem] = []

    private static let maximumCount = 1_000_000_000

    init(environment: Environment) {
        self.environment = environment
    }

    mutating func milliseconds(_ variable: EnvironmentVariable, default fallback: Int) -> Duration {
        let range = 0...Int(InvocationDeadline.maximumMilliseconds)
        return .milliseconds(number(variable, in: range, unit: " of milliseconds", default: fallback))
    }

    mutating func count(_ variable: EnvironmentVariable, default fallback: Int) -> Int {
        number(variable, in: 0...Self.maximumCount, unit: "", default: fallback)
    }

    private mutating func number(
        _ variable: EnvironmentVariable,
        in range: ClosedRange<Int>,
        unit: String,
        default fallback: Int
    ) -> Int {
        guard let text = environment[variable] else { return fallback }
        if let value = Int(text), range.contains(value) { return value }
        let expected = "a whole number\(unit) from \(range.lowerBound) to \(range.upperBound)"
        problems.append(ConfigurationProblem(variable, "is not \(expected); \(fallback) is used"))
        return fallback
    }
}
