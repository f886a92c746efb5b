import ArgumentParser
import FoundationEssentials
import LocalLambda
import OTLP
import Traces

/// `traced-lambda dev`: serves functions by name behind one port, as Lambda does.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Serve functions on this machine as Lambda does, and collect what they trace.",
        discussion: """
            Builds the executables of a Swift package and serves each as a function of its name; builds them anew when \
            a source changes. Until a build works, the one before goes on. With --bootstrap alone nothing is built.

            One port takes everything. AWS's clients invoke functions by name: aws lambda invoke --endpoint-url \
            http://localhost:PORT --function-name NAME, or boto3 with endpoint_url. http://NAME.localhost:PORT/ and \
            http://localhost:PORT/url/NAME/ are a function's URL. The collector takes the spans of \
            the functions, and those of any service whose HH_API_URL or OTEL_EXPORTER_OTLP_ENDPOINT is \
            http://localhost:PORT; OpenTelemetry's SDKs also find it at their standard ports, \(OTLPPorts.standardGRPC) for \
            gRPC and \(OTLPPorts.standardHTTP) for HTTP.

            A function gets a process when there is an event for it, and more of them when there are several events at \
            the same time. A process that does not answer in time is killed, as is one that uses too much memory; the \
            next event gets a new one.

            The server answers to this machine alone. Ctrl-C ends it, and every process with it; the exit status is then 0. \
            It is 1 when it cannot run, 64 when the command line is wrong, and 69 when Swift is missing.
            """
    )

    @Argument(help: "The executable products to build and serve; without any, all of the package.")
    var products: [String] = []

    @Option(
        help: ArgumentHelp(
            "The Swift package; without it, the one in this folder. Can be repeated: the functions of all are served.",
            valueName: "dir"
        )
    )
    var packagePath: [PathArgument] = []

    @Flag(help: "Build with optimisation.")
    var release = false

    @Option(
        name: .customLong("bootstrap"),
        help: ArgumentHelp(
            "Serve an executable that is there already as the function NAME. Can be repeated.",
            valueName: "name=path"
        )
    )
    var bootstraps: [BootstrapArgument] = []

    @Option(help: "The port; 0 takes any that is free.")
    var port = LocalPort.standard

    @OptionGroup(title: "Traces")
    var collection: CollectionOptions

    @OptionGroup(title: "Traces")
    var otlp: OTLPPortOptions

    @OptionGroup(title: "Function")
    var options: FunctionOptions

    @Option(help: ArgumentHelp("The memory of a process, beyond which it is killed, in MB.", valueName: "megabytes"))
    var memory = FunctionSettings.memoryRangeMegabytes.lowerBound

    @Option(help: ArgumentHelp("How many processes a function may have at the same time.", valueName: "count"))
    var maxConcurrency = 10

    @Flag(help: "Stop a process between two events, as Lambda freezes it.")
    var freeze = false

    @Flag(
        help: ArgumentHelp(
            """
            Build and start nothing: serve the APIs for the one function that is named, whose process a debugger starts \
            with the variables that are printed. It has no time limit.
            """
        )
    )
    var onlyApis = false

    @Option(
        help: ArgumentHelp("The port of the Runtime API with --only-apis; 0 for one that is free.", valueName: "port")
    )
    var runtimePort = 9_001

    @Flag(help: "Print what happens as one JSON object a line.")
    var json = false

    func validate() throws {
        if let twice = Dictionary(grouping: bootstraps, by: \.name).first(where: { $0.value.count > 1 }) {
            throw ValidationError("--bootstrap: the function '\(twice.key)' is given more than once.")
        }
        if packagePath.count > 1, !products.isEmpty {
            throw ValidationError("Give products or several --package-path, not both.")
        }
        guard LocalPort.range.contains(port) else {
            throw ValidationError("--port must be from 0 to \(LocalPort.range.upperBound).")
        }
        if onlyApis {
            guard products.count == 1, bootstraps.isEmpty, packagePath.isEmpty else {
                throw ValidationError(
                    "--only-apis takes one function's name, as in: traced-lambda dev --only-apis Answer"
                )
            }
            guard products.allSatisfy({ FunctionIdentity.isLegal(name: $0) }) else {
                throw ValidationError("The function's name must be 1 to 64 letters, digits, '-' and '_'.")
            }
            guard !options.givesVariables else {
                throw ValidationError("--only-apis: give the process its variables where it is started.")
            }
        }
        guard LocalPort.range.contains(runtimePort) else {
            throw ValidationError("--runtime-port must be from 0 to \(LocalPort.range.upperBound).")
        }
        try check("--memory", memory, isIn: FunctionSettings.memoryRangeMegabytes)
        try check("--max-concurrency", maxConcurrency, isIn: FunctionPool.concurrencyRange)
    }

    private func check(_ option: String, _ value: Int, isIn range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    func run() async throws {
        for bootstrap in bootstraps { try bootstrap.check() }
        for folder in packageFolders { try folder.requirePackage("--package-path") }
        let variables = try options.variables()
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let printer = DevPrinter(terminal: terminal, printsJSON: json)
        let database = try collection.open()
        let server = FunctionServer(
            plan: makePlan(variables),
            store: database,
            addRoutes: { router in
                ViewerRoutes(database: database).add(to: router)
                ExperimentRoutes(database: database).add(to: router)
            },
            logs: { name in
                guard let name else { return BuildPrinter(terminal: terminal) }
                return LogPrinter(functionName: name, terminal: terminal)
            },
            observe: { event in printer.print(event) },
            observeInvocation: { invocation in
                let summary = invocation.summary
                Self.record(invocation, in: database)
                // Without it the line has no link; it has not arrived when spans are delivered after the response.
                let span = try? await database.archive.invocationSpan(requestID: summary.requestID)
                printer.print(summary, span)
            }
        )
        do {
            try await Interruption.cancelling { try await server.run() }
        } catch let end as ExitCode where end.rawValue > 128 {
            // A signal is the normal way to stop the server.
        } catch let error as LocalLambdaError where error.code == .unknownProduct {
            throw Failure.because(error.reason, .validationFailure)
        } catch let error as LocalLambdaError where error.code == .noToolchain {
            throw Failure.because(error.reason, .unavailable)
        }
    }

    /// Records an invocation, after which its late spans are recognised, and its content, once its log is complete.
    private static func record(_ ended: EndedInvocation, in database: TraceDatabase) {
        let age = Int64(clamping: (ContinuousClock.now - ended.summary.endedAt).wholeNanoseconds)
        let invocation = StoredInvocation(
            requestID: ended.summary.requestID,
            functionName: ended.summary.functionName,
            endNanoseconds: TraceDatabase.systemClock() - age
        )
        // The caller's answer does not wait for it. If it fails, the invocation has no page, and its late spans are not
        // recognised.
        Task {
            try? await database.record(invocation)
            try? await database.record(ended.content(log: await ended.log()), of: ended.summary.requestID)
        }
    }

    /// The folders of the packages to build; empty when only existing executables are served.
    private var packageFolders: [PathArgument] {
        guard !onlyApis, bootstraps.isEmpty || !packagePath.isEmpty || !products.isEmpty else { return [] }
        return packagePath.isEmpty ? [PathArgument(".")] : packagePath
    }

    private func makePlan(_ variables: [String: String]) -> DevPlan {
        DevPlan(
            port: port,
            otlp: otlp.ports,
            bootstraps: bootstraps.map { ($0.name, $0.file.path) },
            attached: onlyApis
                ? products.first.map { DevPlan.Attached(name: $0, runtimePort: runtimePort) } : nil,
            packages: packageFolders.map { PackagePlan(folder: $0.path, products: products, isRelease: release) },
            concurrencyLimit: maxConcurrency
        ) { [options, memory, freeze, onlyApis] function in
            options.settings(
                of: function,
                variables: variables,
                memoryMegabytes: memory,
                freezes: freeze,
                isAttached: onlyApis
            )
        }
    }
}
