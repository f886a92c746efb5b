public import SessionTracing

/// The settings made in code.
///
/// Each takes precedence over its environment variable; nil uses the variable.
///
/// `docs/configuration.md` lists the variables.
///
/// ```swift
/// static var configuration: TracingConfiguration {
///     TracingConfiguration(project: "my-project", sessionPath: "detail.conversation.id", flushBudget: .seconds(1))
/// }
/// ```
public struct TracingConfiguration: Sendable {
    /// HoneyHive's API key (`HH_API_KEY`).
    ///
    /// Keep the key out of the code if possible.
    public var apiKey: String?
    /// The URL of HoneyHive's server (`HH_API_URL`), http or https.
    public var serverURL: String?
    /// The traces endpoint of an OTLP collector (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`), used unchanged if there is no
    /// HoneyHive key.
    public var otlpEndpoint: String?
    /// HoneyHive's project (`HH_PROJECT`).
    public var project: String?
    /// HoneyHive's source (`HH_SOURCE`): the deployment environment.
    public var source: String?
    /// The name of a session that this function creates (`HH_SESSION_NAME`).
    public var sessionName: String?
    /// The path of the session id in the function's events, such as `detail.conversation.id`
    /// (`TRACED_LAMBDA_SESSION_PATH`).
    ///
    /// Keys and array indices, separated by dots. It takes precedence over all other sources. It is followed from the
    /// event's top (`0.id` in an array), then from the top of each record, message, body and event within the event.
    public var sessionPath: String?
    /// The maximum time that a flush may delay the response (`TRACED_LAMBDA_FLUSH_BUDGET_MS`).
    public var flushBudget: Duration?
    /// The time before the deadline at which a flush must end (`TRACED_LAMBDA_DEADLINE_MARGIN_MS`).
    ///
    /// With less than twice this time left, a flush may take half of the remaining time.
    public var deadlineMargin: Duration?
    /// The time at which an invocation's spans are delivered (`TRACED_LAMBDA_FLUSH`).
    public var flushTiming: FlushTiming?
    /// True to record the event and the output on the root span (`HH_CAPTURE_PAYLOAD`), redacted.
    ///
    /// A payload over 64 KiB is recorded as its size only.
    public var capturesPayload: Bool?
    /// The redaction of everything that a trace records: attributes, names, events, errors, baggage, payloads.
    ///
    /// Nil uses ``Redaction/standard``.
    public var redaction: Redaction?

    /// Creates a configuration with the given settings.
    ///
    /// - Parameters:
    ///   - apiKey: HoneyHive's API key.
    ///   - serverURL: The URL of HoneyHive's server.
    ///   - otlpEndpoint: The traces endpoint of an OTLP collector.
    ///   - project: HoneyHive's project.
    ///   - source: HoneyHive's source.
    ///   - sessionName: The name of a session that this function creates.
    ///   - sessionPath: The path of the session id in the function's events.
    ///   - flushBudget: The maximum time that a flush may delay the response.
    ///   - deadlineMargin: The time before the deadline at which a flush must end.
    ///   - flushTiming: The time at which an invocation's spans are delivered.
    ///   - capturesPayload: True to record the event and the output on the root span.
    ///   - redaction: The redaction of everything that a trace records.
    public init(
        apiKey: String? = nil,
        serverURL: String? = nil,
        otlpEndpoint: String? = nil,
        project: String? = nil,
        source: String? = nil,
        sessionName: String? = nil,
        sessionPath: String? = nil,
        flushBudget: Duration? = nil,
        deadlineMargin: Duration? = nil,
        flushTiming: FlushTiming? = nil,
        capturesPayload: Bool? = nil,
        redaction: Redaction? = nil
    ) {
        self.apiKey = apiKey
        self.serverURL = serverURL
        self.otlpEndpoint = otlpEndpoint
        self.project = project
        self.source = source
        self.sessionName = sessionName
        self.sessionPath = sessionPath
        self.flushBudget = flushBudget
        self.deadlineMargin = deadlineMargin
        self.flushTiming = flushTiming
        self.capturesPayload = capturesPayload
        self.redaction = redaction
    }
}
