internal import SessionTracing

/// The settings of tracing that do not depend on where spans go.
struct TracingSettings: Sendable {
    var project: String?
    var source: String
    var sessionName: String
    /// The last resort, after what an event says.
    var sessionID: String?
    var flushBudget: Duration
    var deadlineMargin: Duration

    static let defaultFlushBudgetMilliseconds = 2_000
    static let defaultDeadlineMarginMilliseconds = 200
    static let defaultSource = "dev"

    /// - Returns: The settings, with defaults in place of what cannot be used, and a line about each of those.
    static func resolve(
        _ configuration: TracingConfiguration,
        _ environment: Environment
    ) -> (settings: TracingSettings, problems: [ConfigurationProblem]) {
        var problems: [ConfigurationProblem] = []
        func milliseconds(_ variable: EnvironmentVariable, default fallback: Int) -> Duration {
            guard let text = environment[variable] else { return .milliseconds(fallback) }
            if let value = Int(text), (0...Int(InvocationDeadline.maximumMilliseconds)).contains(value) {
                return .milliseconds(value)
            }
            problems.append(
                ConfigurationProblem(
                    variable,
                    "is not a whole number of milliseconds from 0 to \(InvocationDeadline.maximumMilliseconds); \(fallback) is used"
                )
            )
            return .milliseconds(fallback)
        }
        let settings = TracingSettings(
            project: configuration.project ?? environment[.project],
            source: configuration.source ?? environment[.source] ?? defaultSource,
            sessionName: configuration.sessionName ?? environment[.sessionName] ?? environment[.functionName]
                ?? "swift-traced-lambda",
            sessionID: environment[.sessionID],
            flushBudget: configuration.flushBudget
                ?? milliseconds(.flushBudget, default: defaultFlushBudgetMilliseconds),
            deadlineMargin: configuration.deadlineMargin
                ?? milliseconds(.deadlineMargin, default: defaultDeadlineMarginMilliseconds)
        )
        return (settings, problems)
    }
}
