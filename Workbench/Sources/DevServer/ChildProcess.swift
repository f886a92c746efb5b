import Subprocess
import SystemPackage

/// A child process, such as a function or a build, in a process group of its own.
package struct ChildProcess: Sendable {
    /// The time between SIGTERM and SIGKILL, in milliseconds, as on Lambda.
    package static let terminationGraceMilliseconds = 500

    let command: [String]
    let environment: [String: String]
    let logs: any LogSink
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
        self.command = command
        self.environment = environment
        self.logs = logs
        self.control = control
        self.memoryLimit = memoryLimit
    }

    /// Starts the process and waits for its end.
    ///
    /// Processes that remain in its group are killed then. Cancellation of the task stops the process first.
    ///
    /// - Returns: The exit status or signal.
    /// - Throws: ``DevServerError`` when the process cannot be started.
    package func run() async throws(DevServerError) -> ProcessStatus {
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .none,
                output: .sequence,
                error: .sequence
            ) { execution in
                await follow(execution)
            }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signaled(signal)
            }
        } catch {
            throw DevServerError(.cannotStart, "cannot run '\(command.first ?? "")': \(error)")
        }
    }

    private var configuration: Configuration {
        let executable = command.first ?? ""
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        var options = PlatformOptions()
        options.processGroupID = 0
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

    private func follow(_ execution: Execution<NoInput, SequenceOutput, SequenceOutput>) async {
        control.setProcessIdentifier(execution.processIdentifier.value)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pump(execution.standardOutput) }
            group.addTask { await pump(execution.standardError) }
            await withTaskGroup(of: Void.self) { steering in
                steering.addTask { await steer(execution) }
                if let memoryLimit {
                    steering.addTask { await watch(memoryLimit, of: execution.processIdentifier.value) }
                }
                await ProcessExit.wait(for: execution.processIdentifier)
                steering.cancelAll()
            }
            control.setProcessIdentifier(nil)
            // Kills the processes that remain in the group of the ended process. ESRCH means that there were none.
            try? execution.send(signal: .kill, toProcessGroup: true)
        }
    }

    /// Applies requests until the process is stopped or has ended.
    private func steer(_ execution: Execution<NoInput, SequenceOutput, SequenceOutput>) async {
        var done = ProcessControl.Wish.run
        while !Task.isCancelled {
            let wish = await control.wish(after: done)
            switch wish {
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
            done = wish
        }
    }

    private func watch(_ limit: MemoryLimit, of identifier: Int32) async {
        limit.putUpWall(around: identifier)
        guard let residentBytes = await limit.isExceeded(by: identifier) else { return }
        let used = residentBytes / MemoryLimit.bytesPerMegabyte
        logs.write(Array("(killed: it used \(used) MB of memory, and has \(limit.megabytes) MB)".utf8))
        control.kill()
    }

    private func pump(_ output: SubprocessOutputSequence) async {
        var splitter = LineSplitter()
        do {
            for try await buffer in output {
                let lines = buffer.withUnsafeBytes { splitter.lines(after: $0) }
                for line in lines { logs.write(line) }
            }
        } catch {
            logs.write(Array("(the output cannot be read: \(error))".utf8))
        }
        if let line = splitter.last() { logs.write(line) }
    }
}
