internal import CProcess
internal import CurlTransport
internal import Logging
internal import Platform
internal import SessionTracing
internal import SpanExport
internal import Tracing

/// Assembles and runs the runtime of a process.
enum LambdaRuntime {
    /// The maximum time of the handler's init, in seconds.
    ///
    /// Lambda's own limit is usually shorter; this one ends an init that Lambda does not limit.
    static let maximumInitialisationSeconds = 900
    private static let failureExitCode: Int32 = 1

    /// Runs the process: the workers on threads of their own, until Lambda requires a new process, and the main actor on
    /// the calling thread, which must be the first one of the process.
    ///
    /// - Parameters:
    ///   - configuration: The handler's own settings.
    ///   - makeHandler: Creates the handler; called once.
    static func main(
        _ configuration: TracingConfiguration,
        makeHandler: @escaping @Sendable () async throws -> InvocationHandler
    ) -> Never {
        cprocess_configure_malloc()
        StandardOutput.bufferLines()
        if cprocess_has_only_argument("--version") {
            StandardOutput.write(Array("TracedLambda \(TracedLambdaVersion.current)\n".utf8))
            exit(0)
        }
        let environment = Environment.ofProcess()
        let settings = FunctionSettings(configuration, environment)
        // Before other threads exist: they inherit the mask.
        if settings.listensForTermination { ShutdownListener.block() }
        cprocess_watch_forks()
        let runtime = SystemThread { exit(run(configuration, settings, environment, makeHandler)) }
        if runtime == nil {
            StandardOutput.writeError(
                "error: the system has no thread for the runtime: code of the main actor will not run; raise the function's memory"
            )
            exit(run(configuration, settings, environment, makeHandler))
        }
        cprocess_serve_main_queue()
    }

    /// Runs the workers until Lambda requires a new process; the first one runs on the calling thread.
    ///
    /// - Returns: The process's exit code.
    private static func run(
        _ configuration: TracingConfiguration,
        _ settings: FunctionSettings,
        _ environment: Environment,
        _ makeHandler: @escaping @Sendable () async throws -> InvocationHandler
    ) -> Int32 {
        do {
            return try run(configuration, RuntimeEndpoint(environment), settings, environment, makeHandler)
        } catch {
            StandardOutput.writeError("error: \(error)")
            return failureExitCode
        }
    }

    private static func run(
        _ configuration: TracingConfiguration,
        _ endpoint: RuntimeEndpoint,
        _ settings: FunctionSettings,
        _ environment: Environment,
        _ makeHandler: @escaping @Sendable () async throws -> InvocationHandler
    ) throws -> Int32 {
        LoggingSystem.bootstrap { LambdaLogHandler(label: $0, settings: settings.log) }
        let logger = Logger(label: "swift-traced-lambda")
        for problem in settings.problems { logger.warning("\(problem)") }
        refuseKeyLog(environment, logger)
        warnOfUnknownVariables(environment, logger)
        var reader = SettingsReader(environment)
        let destination = destination(configuration, &reader, settings, logger)
        let resource = ResourceAttributes.make(
            &reader,
            version: TracedLambdaVersion.current,
            redaction: settings.policy.redaction
        )
        for problem in reader.problems { logger.warning("\(problem)") }
        let keys = try destination?.storedKey.map { try StoredKeyReading($0, logger: logger) }
        defer { keys?.waitForEnd() }
        let exporters: ExporterPool<CurlHandle>? =
            if let destination {
                try pool(to: destination, keys: keys?.source, resource: resource, workerCount: settings.workerCount)
            } else {
                nil
            }
        let registry = exporters == nil ? nil : InvocationRegistry(policy: settings.policy)
        InstrumentationSystem.bootstrap(TaskLocalTracer(registry: registry, propagators: settings.policy.propagators))
        let function = FunctionIdentity(environment)
        let journals =
            settings.keepsJournal ? destination.map { Journals($0, function: function, logger: logger) } : nil
        let requests = RuntimeRequests(endpoint: endpoint)
        switch wait(for: makeHandler, settings.policy.redaction) {
        case .failed(let report):
            registry?.endProcess()
            ProblemLog().warn(of: registry?.unrecorded.takeUnlogged() ?? [:], logger: logger)
            logger.error("the handler's init failed: \(report.type): \(report.redactedMessage)")
            return try reportInitFailure(report, requests)
        case .made(let handler):
            let process = FunctionProcess(
                handler: handler,
                exporters: exporters,
                journals: journals,
                requests: requests,
                resolver: SessionResolver(settings: settings),
                function: function,
                registry: registry,
                logger: logger
            )
            if settings.listensForTermination {
                ShutdownListener.start(process, extensionAPI: endpoint.extensionAPI)
            }
            // Not earlier: what init closes is opened afterwards.
            cprocess_watch_descriptors()
            return try run(process, workerCount: settings.workerCount)
        }
    }

    /// Runs the workers, each on a thread of its own; the first one uses the calling thread.
    ///
    /// The end of one worker does not affect the others.
    private static func run(_ process: FunctionProcess, workerCount: Int) throws(CurlError) -> Int32 {
        // If the first one cannot start, no other one does.
        let first = try Worker(process, recoversJournals: true)
        var others: [SystemThread] = []
        for number in 1..<max(1, workerCount) {
            guard let thread = SystemThread({ runFurtherWorker(process) }) else {
                process.logger.error(
                    "only \(number) of \(workerCount) workers could be started: the system has no more threads; raise the function's memory"
                )
                break
            }
            others.append(thread)
        }
        let code = first.run()
        for thread in others { thread.join() }
        process.logLastProblems()
        return code
    }

    private static func runFurtherWorker(_ process: FunctionProcess) {
        do throws(CurlError) {
            _ = try Worker(process, recoversJournals: false).run()
        } catch {
            process.logger.error("a worker could not start: \(error)")
        }
    }

    /// Removes `SSLKEYLOGFILE`, by which libcurl would write the secrets of TLS connections to a file.
    private static func refuseKeyLog(_ environment: Environment, _ logger: Logger) {
        guard environment[.keyLogFile] != nil else { return }
        unsetenv(EnvironmentVariable.keyLogFile.rawValue)
        logger.warning(
            "\(EnvironmentVariable.keyLogFile.rawValue) is refused: the secrets of TLS connections are not written to a file. Unset it"
        )
    }

    private static func warnOfUnknownVariables(_ environment: Environment, _ logger: Logger) {
        for name in EnvironmentNames.settingLike() where !environment.contains(name: name) {
            if let problem = UnknownVariable.problem(name) { logger.warning("\(problem)") }
        }
    }

    /// The outcome of a handler's init.
    private enum Initialisation {
        case made(InvocationHandler)
        case failed(ErrorReport)
    }

    private static func wait(
        for makeHandler: @escaping @Sendable () async throws -> InvocationHandler,
        _ redaction: Redaction
    ) -> Initialisation {
        let executor = WorkerExecutor<Initialisation>()
        Task.detached(executorPreference: executor) {
            do {
                _ = executor.send(.made(try await makeHandler()))
            } catch {
                _ = executor.send(.failed(ErrorReport(error, redaction: redaction)))
            }
        }
        let timeout = ErrorReport(
            type: "InitTimeout",
            message: "the handler's init did not end within \(maximumInitialisationSeconds) s",
            category: .runtime,
            redaction: redaction
        )
        defer { StandardOutput.flush() }
        return executor.receive(timeout: .seconds(maximumInitialisationSeconds)) ?? .failed(timeout)
    }

    private static func reportInitFailure(
        _ report: ErrorReport,
        _ requests: RuntimeRequests
    ) throws -> Int32 {
        var runtimeAPI = try CurlHandle()
        // The process ends regardless of Lambda's response.
        _ = try? runtimeAPI.perform(requests.initError(report))
        return failureExitCode
    }

    private static func pool(
        to destination: ExportDestination,
        keys: (any KeySource)?,
        resource: AttributeList,
        workerCount: Int
    ) throws(CurlError) -> ExporterPool<CurlHandle> {
        let version = TracedLambdaVersion.current
        let (health, sessionHealth) = (CollectorHealth(), CollectorHealth())
        return try ExporterPool(
            encoder: SpanEncoder(format: destination.format, resource: resource, scopeVersion: version),
            workerCount: workerCount
        ) { () throws(CurlError) in
            HTTPSpanExporter(
                transport: try CurlHandle(),
                destination: destination,
                keys: keys,
                health: health,
                sessionHealth: sessionHealth,
                wait: { Pause.wait($0) }
            )
        }
    }

    /// Returns the destination of spans.
    ///
    /// An invalid setting disables tracing but never the function.
    private static func destination(
        _ configuration: TracingConfiguration,
        _ reader: inout SettingsReader,
        _ settings: FunctionSettings,
        _ logger: Logger
    ) -> ExportDestination? {
        do {
            return try ExportDestination.resolve(
                &reader,
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
