internal import Logging
internal import SessionTracing
internal import Tracing

/// A swift-log backend that writes one line per message to standard output, which Lambda sends to CloudWatch.
///
/// Within an invocation every line of any logger contains the request id, session id, trace id and the current span's
/// id.
struct LambdaLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let settings: LogSettings
    private let clock: TraceClock
    private let write: @Sendable ([UInt8]) -> Void

    init(
        label: String,
        settings: LogSettings,
        clock: TraceClock = .system,
        write: @escaping @Sendable ([UInt8]) -> Void = StandardOutput.write
    ) {
        self.label = label
        self.settings = settings
        self.clock = clock
        self.write = write
        logLevel = settings.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = self.metadata
        if let ids = InstrumentationContext.current?.tracedSpan.flatMap(Logger.Metadata.correlation) {
            metadata.merge(ids) { $1 }
        }
        if let provided = metadataProvider?.get() { metadata.merge(provided) { $1 } }
        if let given = event.metadata { metadata.merge(given) { $1 } }
        if let error = event.error { metadata["error"] = .string(ErrorSummary(error).message) }
        let line = LogLine(
            unixMilliseconds: clock.wallNanoseconds() / 1_000_000,
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: metadata
        )
        write(line.bytes(format: settings.format))
    }
}

extension Logger.Metadata {
    /// Returns the ids that relate a line to its invocation and its trace; nil for a span without an invocation.
    static func correlation(of span: TracedSpan) -> Logger.Metadata? {
        guard let tracer = span.tracer.owner else { return nil }
        return [
            LogLine.requestIDKey: .string(tracer.requestID),
            "sessionId": .string(tracer.session.id.description),
            "traceId": .string(tracer.traceID.description),
            "spanId": .string(span.id.description),
        ]
    }
}
