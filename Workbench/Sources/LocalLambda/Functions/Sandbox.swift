import FoundationEssentials
import OTLP

/// One process of a function with its own Runtime API: an execution environment in Lambda's terms.
final class Sandbox: Sendable {
    /// The time limit from the function's response to its next `/next`, in milliseconds; the process is stopped when it
    /// is idle.
    static let idleGraceMilliseconds = 500

    let command: [String]
    let settings: FunctionSettings
    let ports: LocalPorts
    let logs: any LogSink
    /// The process's Runtime API.
    let runtime: LocalRuntimeAPI
    /// The creation time of the sandbox.
    let madeAt = ContinuousClock.now
    private let control = ProcessControl()

    /// Creates a sandbox without starting it.
    init(command: [String], settings: FunctionSettings, ports: LocalPorts, logs: any LogSink) {
        self.command = command
        self.settings = settings
        self.ports = ports
        self.logs = logs
        self.runtime = LocalRuntimeAPI(initTimeout: settings.initTimeout)
    }

    /// Starts the Runtime API and the process, and waits for the process's end.
    ///
    /// - Throws: ``LocalLambdaError`` or a server's error when they cannot be started; open invocations end before that.
    func run() async throws {
        do {
            let connections = ConnectionRegistry(timeouts: .runtime)
            let name = settings.function.name
            let routes = RuntimeRoutes(runtime: runtime, registry: connections, functionName: name)
            try await LoopbackServer.withServer(router: routes.router, registry: connections) { port in
                runtime.processEnded(try await follow(makeProcess(runtimePort: port)).text)
            }
        } catch {
            runtime.processEnded("\(error)")
            throw error
        }
    }

    /// Stops the process: after a response once it is idle, after a timeout at once.
    func end(after ending: InvocationOutcome.Ending) async {
        switch ending {
        case .timedOut, .initTimedOut, .processEnded: control.kill()
        case .response, .functionError, .responseTooLarge, .initError:
            await runtime.waitUntilIdle(for: .milliseconds(Self.idleGraceMilliseconds))
            control.stop()
        }
    }

    /// Stops the process: SIGTERM, then SIGKILL after 500 ms.
    func stop() { control.stop() }

    /// The memory of the process; `nil` when it does not run.
    var memory: ProcessMemory? { control.processIdentifier.flatMap(ProcessMemory.init(of:)) }

    /// Runs the process, and freezes it between events if the settings request it.
    private func follow(_ process: ChildProcess) async throws -> ProcessStatus {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if settings.freezes { group.addTask { await self.freezeWhenIdle() } }
            defer { group.cancelAll() }
            return try await process.run()
        }
    }

    private func freezeWhenIdle() async {
        while !Task.isCancelled, runtime.isOpen {
            await runtime.waitUntil(idle: true)
            control.pause()
            await runtime.waitUntil(idle: false)
            control.resume()
        }
        control.resume()
    }

    private func makeProcess(runtimePort: Int) -> ChildProcess {
        ChildProcess(
            command: command,
            environment: settings.variables(runtimePort: runtimePort, ports: ports, date: Date()),
            logs: logs,
            control: control,
            memoryLimit: settings.enforcesMemory ? MemoryLimit(megabytes: settings.memoryMegabytes) : nil
        )
    }
}
