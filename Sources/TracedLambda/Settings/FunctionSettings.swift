internal import SessionTracing
internal import SpanExport
internal import TriggerContext

/// All settings of the function's process: from code, then from the environment, otherwise the default.
///
/// The destination of spans has settings of its own, which ``ExportDestination`` reads.
struct FunctionSettings: Sendable {
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
    /// The number of invocations that the process serves concurrently
    /// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html).
    var workerCount: Int
    /// True if undelivered spans are copied to `/tmp`.
    var keepsJournal: Bool
    /// True if the runtime registers an extension, to be sent SIGTERM.
    var listensForTermination: Bool
    var log: LogSettings
    /// The invalid values, each replaced by its default.
    private(set) var problems: [ConfigurationProblem]

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - configuration: The settings made in code.
    ///   - environment: The process's environment.
    init(_ configuration: TracingConfiguration, _ environment: Environment) {
        var reader = SettingsReader(environment)
        project = configuration.project?.trimmedSetting ?? reader.text(.project)
        source = configuration.source?.trimmedSetting ?? reader.text(.source) ?? ""
        sessionName =
            configuration.sessionName?.trimmedSetting ?? environment[.sessionName] ?? environment[.functionName]
            ?? "swift-traced-lambda"
        sessionID = reader.text(.sessionID)
        func pathForm() -> String { "a list of at most \(SessionPath.maximumStepCount) keys separated by dots" }
        let pathFromEnvironment = reader.value(.sessionPath, accepts: pathForm()) { SessionPath($0) }
        sessionPath = pathFromEnvironment
        flushBudget = configuration.flushBudget ?? reader.duration(.flushBudget)
        deadlineMargin = configuration.deadlineMargin ?? reader.duration(.deadlineMargin)
        flushTiming =
            configuration.flushTiming ?? FlushTiming(rawValue: reader.choice(.flushTiming)) ?? .beforeResponse
        capturesPayload = configuration.capturesPayload ?? reader.flag(.capturePayload)
        startsSession = reader.flag(.sessionStart)
        policy = TracingPolicy(
            limits: TracingLimits(
                attributeCount: reader.number(.spanAttributeCountLimit, .attributeCountLimit),
                valueBytes: reader.number(.spanAttributeValueLengthLimit, .attributeValueLengthLimit),
                eventCount: reader.number(.spanEventCountLimit),
                linkCount: reader.number(.spanLinkCountLimit)
            ),
            sampler: reader.sampler(),
            redaction: configuration.redaction ?? .standard,
            propagators: reader.value(.propagators, accepts: "tracecontext, baggage, both with a comma, or none") {
                Propagators(names: $0)
            } ?? .all,
            trustedServers: reader.value(
                .propagateTo,
                accepts: "a list of host names, without scheme and port, or *.domain, separated by commas"
            ) { TrustedServers($0) } ?? .none,
            evaluation: Baggage(
                runID: reader.text(.runID),
                datasetID: reader.text(.datasetID),
                datapointID: reader.text(.datapointID)
            ),
            keep: reader.value(
                .keep,
                accepts: "a list of errors, slow:TIME and ratio:SHARE, as in slow:500ms,ratio:0.1"
            ) { KeepPolicy($0) }
        )
        workerCount = reader.number(.maximumConcurrency)
        keepsJournal = reader.flag(.journal)
        listensForTermination = reader.flag(.terminationSignal)
        log = LogSettings(&reader)
        problems = reader.problems
        if let path = configuration.sessionPath?.trimmedSetting {
            sessionPath = SessionPath(path) ?? pathFromEnvironment
            if SessionPath(path) == nil {
                problems.append(
                    ConfigurationProblem(setting: "configuration.sessionPath", "is not \(pathForm()); it is ignored")
                )
            }
        }
    }
}

extension SettingsReader {
    fileprivate mutating func sampler() -> Sampler {
        // Each variable has its own default, so that an invalid argument does not change the sampler.
        let ratio = value(.samplerArgument, accepts: "a number from 0 to 1") { Sampler.ratio($0) } ?? 1
        return value(.sampler, accepts: "a known sampler") { Sampler(name: $0.lowercased(), ratio: ratio) } ?? .default
    }
}
