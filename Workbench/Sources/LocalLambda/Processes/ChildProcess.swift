import Subprocess
import SystemPackage

/// A child process, such as a function, a build or a tool, in a session of its own.
package struct ChildProcess: Sendable {
    /// The time between SIGTERM and SIGKILL, in milliseconds, as on Lambda.
    package static let terminationGraceMilliseconds = 500

    let command: [String]
    let environment: [String: String]
    let input: [UInt8]
    let output: any OutputReader
    let errors: any OutputReader
    let control: ProcessControl
    let memoryLimit: MemoryLimit?

    /// Creates a process without starting it.
    ///
    /// - Parameters:
    ///   - command: The executable and its arguments. A name without `/` is resolved in `PATH`.
    ///   - environment: The complete environment.
    ///   - logs: The sink of both output streams.
    ///   - control: The controller that pauses, stops and kills the process.
    ///   - memoryLimit: The limit beyond which the process is killed; `nil` for none.
    package init(
        command: [String],
        environment: [String: String],
        logs: any LogSink,
        control: ProcessControl,
        memoryLimit: MemoryLimit? = nil
    ) {
        let reader = LineReader(logs: logs)
        self.init(
            command: command,
            environment: environment,
            output: reader,
            errors: reader,
            control: control,
            memoryLimit: memoryLimit
        )
    }

    /// Creates a process with all properties.
    init(
        command: [String],
        environment: [String: String],
        input: [UInt8] = [],
        output: any OutputReader,
        errors: any OutputReader,
        control: ProcessControl = ProcessControl(),
        memoryLimit: MemoryLimit? = nil
    ) {
        self.command = command
        self.environment = environment
        self.input = input
        self.output = output
        self.errors = errors
        self.control = control
        self.memoryLimit = memoryLimit
    }

    /// Starts the process and waits for its end.
    ///
    /// Processes that remain in its session or below it are killed then, in whichever process group they are. Cancellation
    /// of the task stops the process first.
    ///
    /// - Returns: The exit status or signal.
    /// - Throws: ``LocalLambdaError`` when the process cannot be started.
    package func run() async throws(LocalLambdaError) -> ProcessStatus {
        do {
            let status = input.isEmpty ? try await run(input: .none) : try await run(input: .array(input))
            switch status {
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signaled(signal)
            }
        } catch {
            throw LocalLambdaError(.cannotStart, "cannot run '\(command.first ?? "")': \(error)")
        }
    }

    private func run(input: some InputProtocol) async throws -> TerminationStatus {
        try await Subprocess.run(configuration, input: input, output: .sequence, error: .sequence) { execution in
            await follow(execution)
        }.terminationStatus
    }

    private var configuration: Configuration {
        let executable = command.first ?? ""
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [Self.terminate]
        return Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables),
            platformOptions: options
        )
    }

    private static var terminate: TeardownStep {
        .send(
            signal: .terminate,
            toProcessGroup: true,
            allowedDurationToNextStep: .milliseconds(terminationGraceMilliseconds)
        )
    }

    private func follow(_ execution: Execution<some InputProtocol, SequenceOutput, SequenceOutput>) async {
        let identifier = execution.processIdentifier.value
        ProcessKeeper.add(identifier)
        control.setProcessIdentifier(identifier)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await output.read(execution.standardOutput) }
            group.addTask { await errors.read(execution.standardError) }
            await withTaskGroup(of: Void.self) { supervision in
                supervision.addTask { await applyRequests(execution) }
                if let memoryLimit { supervision.addTask { await watch(memoryLimit, of: identifier) } }
                await ProcessExit.wait(for: execution.processIdentifier)
                supervision.cancelAll()
            }
            control.setProcessIdentifier(nil)
            // The process is not reaped yet, so no other session can have its number.
            ProcessTree.kill([identifier])
            ProcessKeeper.remove(identifier)
        }
    }

    /// Applies requests until the process is stopped or has ended.
    private func applyRequests(_ execution: Execution<some InputProtocol, SequenceOutput, SequenceOutput>) async {
        var done = ProcessControl.Request.run
        while !Task.isCancelled {
            let request = await control.request(after: done)
            switch request {
            case .run: try? execution.send(signal: .resume, toProcessGroup: true)
            case .pause: try? execution.send(signal: .suspend, toProcessGroup: true)
            case .stop:
                // A paused process would not receive SIGTERM.
                if done == .pause { try? execution.send(signal: .resume, toProcessGroup: true) }
                return await execution.teardown(using: [Self.terminate])
            case .kill:
                try? execution.send(signal: .kill, toProcessGroup: true)
                return
            }
            done = request
        }
    }

    private func watch(_ limit: MemoryLimit, of identifier: Int32) async {
        limit.setResourceLimit(of: identifier)
        guard let residentBytes = await limit.isExceeded(by: identifier) else { return }
        let used = residentBytes / MemoryLimit.bytesPerMegabyte
        errors.note("(killed: it used \(used) MB of memory, and has \(limit.megabytes) MB)")
        control.kill()
    }
}
