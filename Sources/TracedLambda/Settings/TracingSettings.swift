internal import SessionTracing
internal import TriggerContext

/// The settings of tracing that do not depend on the destination.
struct TracingSettings: Sendable {
    var project: String?
    var source: String
    var sessionName: String
    /// The session id used if the event contains none.
    var sessionID: String?
    /// The path of the session id in the function's events.
    var sessionPath: SessionPath?
    var flushBudget: Duration
    var deadlineMargin: Duration
    var flushTiming: FlushTiming
    var capturesPayload: Bool
    /// True if a session is created by a separate request.
    var startsSession: Bool
    var policy: TracingPolicy

    static let defaultFlushBudgetMilliseconds = 2_000
    static let defaultDeadlineMarginMilliseconds = 200
    static let defaultSource = "dev"

    /// Determines the settings: from code, then from the environment, otherwise the default.
    ///
    /// - Parameters:
    ///   - configuration: The settings made in code.
    ///   - environment: The process's environment.
    /// - Returns: The settings with defaults in place of invalid values, and a problem for each of those.
    static func resolve(
        _ configuration: TracingConfiguration,
        _ environment: Environment
    ) -> (settings: TracingSettings, problems: [ConfigurationProblem]) {
        var numbers = NumberSettings(environment: environment)
        let budget = numbers.milliseconds(.flushBudget, default: defaultFlushBudgetMilliseconds)
        let margin = numbers.milliseconds(.deadlineMargin, default: defaultDeadlineMarginMilliseconds)
        let limits = TracingLimits(
            attributeCount: numbers.count(.spanAttributeCountLimit, default: TracingLimits.defaultAttributeCount),
            valueBytes: numbers.count(.attributeValueLengthLimit, default: TracingLimits.defaultValueBytes),
            eventCount: numbers.count(.spanEventCountLimit, default: TracingLimits.defaultEventCount),
            linkCount: numbers.count(.spanLinkCountLimit, default: TracingLimits.defaultLinkCount)
        )
        var problems = numbers.problems
        let settings = TracingSettings(
            project: configuration.project?.trimmedSetting ?? environment[.project],
            source: configuration.source?.trimmedSetting ?? environment[.source] ?? defaultSource,
            sessionName: configuration.sessionName?.trimmedSetting ?? environment[.sessionName] ?? environment[
                .functionName
            ]
                ?? "swift-traced-lambda",
            sessionID: environment[.sessionID],
            sessionPath: sessionPath(configuration.sessionPath?.trimmedSetting ?? environment[.sessionPath], &problems),
            flushBudget: configuration.flushBudget ?? budget,
            deadlineMargin: configuration.deadlineMargin ?? margin,
            flushTiming: configuration.flushTiming ?? flushTiming(environment, &problems),
            capturesPayload: configuration.capturesPayload ?? environment.isTrue(.capturePayload),
            startsSession: environment.isTrue(.sessionStart),
            policy: TracingPolicy(
                limits: limits,
                sampler: sampler(environment, &problems),
                redaction: configuration.redaction ?? .standard,
                propagators: propagators(environment, &problems)
            )
        )
        return (settings, problems)
    }

    private static func sessionPath(_ text: String?, _ problems: inout [ConfigurationProblem]) -> SessionPath? {
        guard let text else { return nil }
        let path = SessionPath(text)
        if path == nil {
            problems.append(
                ConfigurationProblem(
                    .sessionPath,
                    "is not a list of at most \(SessionPath.maximumStepCount) keys separated by dots; it is ignored"
                )
            )
        }
        return path
    }

    private static func flushTiming(
        _ environment: Environment,
        _ problems: inout [ConfigurationProblem]
    ) -> FlushTiming {
        guard let text = environment[.flushTiming] else { return .beforeResponse }
        if let timing = FlushTiming(rawValue: text) { return timing }
        problems.append(
            ConfigurationProblem(.flushTiming, "is neither before-response nor after-response; before-response is used")
        )
        return .beforeResponse
    }

    private static func sampler(_ environment: Environment, _ problems: inout [ConfigurationProblem]) -> Sampler {
        guard let name = environment[.sampler] else { return .default }
        guard let sampler = Sampler(name: name, argument: environment[.samplerArgument]) else {
            problems.append(
                ConfigurationProblem(
                    .sampler,
                    "is not a known sampler, or its \(EnvironmentVariable.samplerArgument.rawValue) is not a number from 0 to 1; "
                        + "parentbased_always_on is used"
                )
            )
            return .default
        }
        return sampler
    }

    private static func propagators(
        _ environment: Environment,
        _ problems: inout [ConfigurationProblem]
    ) -> Propagators {
        guard let names = environment[.propagators] else { return .all }
        guard let propagators = Propagators(names: names) else {
            let reason =
                "names a propagator other than tracecontext and baggage, or none beside another one; both are used"
            problems.append(ConfigurationProblem(.propagators, reason))
            return .all
        }
        return propagators
    }
}
