import FoundationEssentials
import LoopbackHTTP
package import RuntimeAPI

/// One process of a function, and a Runtime API of its own: what Lambda calls an execution environment.
package final class Sandbox: Sendable {
    /// The time between the function's response and its next `/next` that is waited for, so that it is ended at rest.
    package static let idleGraceMilliseconds = 500

    let command: [String]
    let settings: FunctionSettings
    let collectorPort: Int
    let logs: any LogSink
    /// The process's Runtime API.
    package let runtime: LocalRuntimeAPI
    /// When the sandbox was made.
    package let madeAt = ContinuousClock.now
    private let control = ProcessControl()

    /// Makes a sandbox that is not started yet.
    ///
    /// - Parameters:
    ///   - command: The executable and its arguments.
    ///   - settings: How it is run.
    ///   - collectorPort: The port of the collector.
    ///   - logs: Where the function's output goes.
    package init(command: [String], settings: FunctionSettings, collectorPort: Int, logs: any LogSink) {
        self.command = command
        self.settings = settings
        self.collectorPort = collectorPort
        self.logs = logs
        self.runtime = LocalRuntimeAPI(initTimeout: settings.initTimeout)
    }

    /// Starts the Runtime API and the process, and waits for the process's end.
    ///
    /// - Throws: ``DevServerError`` or a server's error when they cannot be started. Every open event ends before that.
    package func run() async throws {
        do {
            let connections = ConnectionRegistry()
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

    /// Ends the process: one that answered gets to its next `/next` first, one that ran out of time is killed.
    ///
    /// - Parameter ending: How its last event ended.
    package func end(after ending: InvocationOutcome.Ending) async {
        switch ending {
        case .timedOut, .initTimedOut, .processEnded: control.kill()
        case .response, .functionError, .responseTooLarge, .initError:
            await runtime.waitUntilIdle(for: .milliseconds(Self.idleGraceMilliseconds))
            control.stop()
        }
    }

    /// Asks the process to end, and kills it when it has not after 500 ms.
    package func stop() { control.stop() }

    /// The memory of the process; `nil` when there is none.
    package var memory: ProcessMemory? { control.processIdentifier.flatMap(ProcessMemory.init(of:)) }

    /// The process, and what freezes it between events.
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
        let environment = FunctionEnvironment(
            function: settings.function,
            runtimePort: runtimePort,
            collectorPort: collectorPort,
            logFormat: settings.logFormat,
            memoryMegabytes: settings.memoryMegabytes
        )
        return ChildProcess(
            command: command,
            environment: environment.variables(
                inherited: settings.inheritedEnvironment,
                overrides: settings.environmentOverrides,
                date: Date()
            ),
            logs: logs,
            control: control,
            memoryLimit: settings.enforcesMemory ? MemoryLimit(megabytes: settings.memoryMegabytes) : nil
        )
    }
}
