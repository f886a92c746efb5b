internal import CurlTransport
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Tracing

/// Puts the parts together for one process.
enum LambdaRuntime {
    /// Runs a handler's loop on the calling thread until Lambda wants a new process.
    ///
    /// - Returns: The process's exit code.
    static func run<Handler: TracedHandler>(_: Handler.Type) -> Int32 {
        let environment = Environment(ProcessInfo.processInfo.environment)
        do {
            let endpoint = try RuntimeEndpoint(environment)
            return try run(Handler.self, endpoint: endpoint, environment: environment)
        } catch {
            StandardOutput.writeError("error: \(error)")
            return 1
        }
    }

    private static func run<Handler: TracedHandler>(
        _: Handler.Type,
        endpoint: RuntimeEndpoint,
        environment: Environment
    ) throws -> Int32 {
        let logSettings = LogSettings(environment)
        LoggingSystem.bootstrap { LambdaLogHandler(label: $0, settings: logSettings) }
        InstrumentationSystem.bootstrap(InvocationInstrument())
        let logger = Logger(label: "swift-traced-lambda")
        let (settings, problems) = TracingSettings.resolve(Handler.configuration, environment)
        for problem in problems { logger.warning("\(problem)") }
        let pipeline = try TracingPipeline(
            destination: destination(Handler.configuration, environment, settings, logger),
            settings: settings,
            environment: environment
        )
        var worker = Worker<Handler>(
            runtimeAPI: try CurlHandle(),
            pipeline: pipeline,
            requests: RuntimeRequests(endpoint: endpoint),
            resolver: SessionResolver(settings: settings),
            function: FunctionIdentity(environment),
            logger: logger
        )
        return worker.run()
    }

    /// A setting that cannot be used costs the traces, never the function.
    private static func destination(
        _ configuration: TracingConfiguration,
        _ environment: Environment,
        _ settings: TracingSettings,
        _ logger: Logger
    ) -> ExportDestination? {
        do {
            return try ExportDestination.resolve(
                from: environment,
                overrides: ExportOverrides(
                    apiKey: configuration.apiKey,
                    serverURL: configuration.serverURL,
                    otlpEndpoint: configuration.otlpEndpoint
                ),
                source: settings.source,
                version: TracedLambdaVersion.current
            )
        } catch {
            logger.warning("\(error)")
            return nil
        }
    }
}
