import FoundationEssentials
package import Hummingbird
package import OTLP

/// Local Lambda: functions by name behind one port, with the collector of their spans.
package final class FunctionServer: Sendable {
    let plan: DevPlan
    let store: any TraceStore
    let addRoutes: @Sendable (Router<LoopbackContext>) -> Void
    let logs: @Sendable (_ functionName: String?) -> any LogSink
    let observe: @Sendable (DevEvent) -> Void
    let observeInvocation: @Sendable (EndedInvocation) async -> Void
    private let functions = FunctionRegistry()
    private let pools = AsyncCondition<[String: FunctionPool]>([:])

    /// Creates a local Lambda without starting it.
    ///
    /// `logs`: Returns the sink of a function's output, or of a build's for `nil`.
    /// `observe`: Called for each event.
    /// `observeInvocation`: Called at the end of each invocation, before its caller gets the response.
    package init(
        plan: DevPlan,
        store: any TraceStore,
        addRoutes: @escaping @Sendable (Router<LoopbackContext>) -> Void,
        logs: @escaping @Sendable (_ functionName: String?) -> any LogSink,
        observe: @escaping @Sendable (DevEvent) -> Void,
        observeInvocation: @escaping @Sendable (EndedInvocation) async -> Void
    ) {
        self.plan = plan
        self.store = store
        self.addRoutes = addRoutes
        self.logs = logs
        self.observe = observe
        self.observeInvocation = observeInvocation
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: ``LocalLambdaError`` when the server cannot run; `CancellationError` at the end.
    package func run() async throws {
        do {
            // Functions deliver their spans to a listener of their own, so that callers and browsers cannot take its
            // connections.
            try await LoopbackServer.withServer(
                router: CollectorRoutes(store: store).router,
                registry: ConnectionRegistry(limitCount: ConnectionRegistry.deliveryLimitCount, timeouts: .deliveries)
            ) { deliveryPort in
                try await LoopbackServer.withServer(
                    router: router,
                    registry: ConnectionRegistry(),
                    port: plan.port,
                    addresses: .both
                ) { port in
                    try await plan.otlp.serve(store: store) { otlp in
                        do {
                            try await serve(LocalPorts(collector: deliveryPort, invoke: port), otlp)
                        } catch {
                            // An unstructured task, because the current task is cancelled and could not wait.
                            await Task { await self.close() }.value
                            throw error
                        }
                    }
                }
            }
        } catch let error as LoopbackError {
            throw LocalLambdaError(.cannotListen, error.reason)
        }
    }

    private var router: Router<LoopbackContext> {
        let router = Router(context: LoopbackContext.self)
        router.add(middleware: LoopbackOnlyMiddleware())
        let asynchronous = AsynchronousInvocations { [observe] function, requestID, error in
            observe(
                .retriesExhausted(function: function, requestID: requestID, error: "\(error.type): \(error.message)")
            )
        }
        router.add(middleware: FunctionURLMiddleware(functions: functions))
        InvokeRoutes(functions: functions, asynchronous: asynchronous).add(to: router)
        QueueRoutes(functions: functions) { [observe] function, messageID in
            observe(.deadLettered(function: function, messageID: messageID))
        }.add(to: router)
        CollectorRoutes(store: store).add(to: router)
        addRoutes(router)
        return router
    }

    private func serve(_ ports: LocalPorts, _ otlp: OTLPPorts.Served) async throws {
        observe(.listening(port: ports.invoke, otlp: otlp))
        if !plan.bootstraps.isEmpty {
            for bootstrap in plan.bootstraps {
                serve(bootstrap.name, by: bootstrap.path, identityPath: bootstrap.path, ports)
            }
            observe(.serving(functions: functions.names, port: ports.invoke))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let attached = plan.attached { group.addTask { try await self.serve(attached, ports) } }
            for package in plan.packages { group.addTask { try await self.watch(package, ports) } }
            try await group.waitForAll()
        }
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }

    /// Serves a function whose process the user starts.
    private func serve(_ attached: DevPlan.Attached, _ ports: LocalPorts) async throws {
        let identity = FunctionIdentity(
            executable: "\(FileManager.default.currentDirectoryPath)/bootstrap",
            name: attached.name,
            workingDirectory: FileManager.default.currentDirectoryPath,
            environment: ProcessInfo.processInfo.environment
        )
        let function = AttachedFunction(settings: plan.settings(identity), observe: observeInvocation)
        functions.insert(function)
        try await function.serve(port: attached.runtimePort, ports) { [observe, functions] variables in
            observe(.attachable(function: attached.name, variables: variables))
            observe(.serving(functions: functions.names, port: ports.invoke))
        }
    }

    private func watch(_ package: PackagePlan, _ ports: LocalPorts) async throws {
        let builder = PackageBuilder(plan: package, logs: logs(nil))
        try await PackageWatch(
            builder: builder,
            serve: { self.serve($0, of: package, ports) },
            observe: observe
        ).run()
    }

    private func serve(
        _ executables: [PackageBuilder.Executable],
        of package: PackagePlan,
        _ ports: LocalPorts
    ) {
        for executable in executables {
            // A constant path, although each build starts a different copy.
            let identityPath = "\(package.folder)/bootstrap"
            serve(executable.name, by: executable.path, identityPath: identityPath, ports)
        }
        observe(.serving(functions: functions.names, port: ports.invoke))
    }

    /// Serves a function with an executable; replaces the previous executable.
    private func serve(_ name: String, by path: String, identityPath: String, _ ports: LocalPorts) {
        pools.change { pools in
            if let pool = pools[name] { return pool.replace(command: [path]) }
            let identity = FunctionIdentity(
                executable: identityPath,
                name: name,
                workingDirectory: FileManager.default.currentDirectoryPath,
                environment: ProcessInfo.processInfo.environment
            )
            let pool = FunctionPool(
                command: [path],
                settings: plan.settings(identity),
                concurrencyLimit: plan.concurrencyLimit,
                ports: ports,
                logs: logs(name),
                observe: observeInvocation
            )
            pools[name] = pool
            functions.insert(pool)
        }
    }

    private func close() async {
        await withTaskGroup(of: Void.self) { group in
            for pool in pools.state.values { group.addTask { await pool.close() } }
        }
    }
}

/// The configuration of a local Lambda.
package struct DevPlan: Sendable {
    /// The port; 0 lets the system choose.
    package let port: Int
    /// The further ports of the collector.
    package let otlp: OTLPPorts
    /// The existing executables to serve.
    package let bootstraps: [(name: String, path: String)]
    /// The function whose process the user starts; `nil` for none.
    package let attached: Attached?
    /// The packages whose executables are built and served.
    package let packages: [PackagePlan]
    /// The largest number of processes per function.
    package let concurrencyLimit: Int
    /// Determines the settings of a function.
    package let settings: @Sendable (FunctionIdentity) -> FunctionSettings

    /// A function whose process the user starts.
    package struct Attached: Sendable {
        let name: String
        let runtimePort: Int

        /// - Parameters:
        ///   - name: The function's name.
        ///   - runtimePort: The port of its Runtime API; 0 for one that the system chooses.
        package init(name: String, runtimePort: Int) {
            self.name = name
            self.runtimePort = runtimePort
        }
    }

    /// Creates a configuration.
    package init(
        port: Int,
        otlp: OTLPPorts,
        bootstraps: [(name: String, path: String)],
        attached: Attached?,
        packages: [PackagePlan],
        concurrencyLimit: Int,
        settings: @escaping @Sendable (FunctionIdentity) -> FunctionSettings
    ) {
        self.port = port
        self.otlp = otlp
        self.bootstraps = bootstraps
        self.attached = attached
        self.packages = packages
        self.concurrencyLimit = concurrencyLimit
        self.settings = settings
    }
}

/// An event of a local Lambda, for progress output.
package enum DevEvent: Sendable {
    /// The server accepts requests.
    case listening(port: Int, otlp: OTLPPorts.Served)
    /// A function waits for its process, which needs these variables.
    case attachable(function: String, variables: [String: String])
    /// A build started.
    case building(products: [String])
    /// A build failed; the functions of the previous build are still served.
    case buildFailed(String)
    /// Functions are served for the first time or after a new build.
    case serving(functions: [String], port: Int)
    /// The last attempt of an asynchronous invocation failed.
    case retriesExhausted(function: String, requestID: String, error: String)
    /// A queue message became a dead letter.
    case deadLettered(function: String, messageID: String)
}
