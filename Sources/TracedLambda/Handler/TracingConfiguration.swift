public import SessionTracing

/// Settings that stand in code; each goes before its environment variable, and nil leaves that in force.
///
/// `docs/configuration.md` lists the variables.
public struct TracingConfiguration: Sendable {
    /// HoneyHive's API key (`HH_API_KEY`).
    ///
    /// Rather keep it out of the code.
    public var apiKey: String?
    /// HoneyHive's server (`HH_API_URL`), an http or https URL.
    public var serverURL: String?
    /// An OTLP collector's traces endpoint (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`), used as it is when there is no HoneyHive key.
    public var otlpEndpoint: String?
    /// HoneyHive's project (`HH_PROJECT`).
    public var project: String?
    /// HoneyHive's source (`HH_SOURCE`), the environment that runs.
    public var source: String?
    /// The name of a session that this function creates (`HH_SESSION_NAME`).
    public var sessionName: String?
    /// Where the function's events name the session, as `detail.conversation.id` (`TRACED_LAMBDA_SESSION_PATH`).
    ///
    /// Keys and array indices, separated by dots; it goes before all other places. In a batch it is followed in each record's
    /// own message.
    public var sessionPath: String?
    /// The longest that a flush may hold the response back (`TRACED_LAMBDA_FLUSH_BUDGET_MS`).
    public var flushBudget: Duration?
    /// How long before the deadline a flush must be over (`TRACED_LAMBDA_DEADLINE_MARGIN_MS`).
    public var deadlineMargin: Duration?
    /// When an invocation's spans are delivered (`TRACED_LAMBDA_FLUSH`).
    public var flushTiming: FlushTiming?
    /// Whether the event and the output are recorded on the root span (`HH_CAPTURE_PAYLOAD`), redacted and cut to 64 KiB each.
    public var capturesPayload: Bool?
    /// What is masked in inputs, outputs and metadata; nil is ``Redaction/standard``.
    public var redaction: Redaction?

    /// Makes a configuration that sets what is given.
    ///
    /// - Parameters:
    ///   - apiKey: HoneyHive's API key.
    ///   - serverURL: HoneyHive's server.
    ///   - otlpEndpoint: An OTLP collector's traces endpoint.
    ///   - project: HoneyHive's project.
    ///   - source: HoneyHive's source.
    ///   - sessionName: The name of a session that this function creates.
    ///   - sessionPath: Where the function's events name the session.
    ///   - flushBudget: The longest that a flush may hold the response back.
    ///   - deadlineMargin: How long before the deadline a flush must be over.
    ///   - flushTiming: When an invocation's spans are delivered.
    ///   - capturesPayload: Whether the event and the output are recorded on the root span.
    ///   - redaction: What is masked in inputs, outputs and metadata.
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
