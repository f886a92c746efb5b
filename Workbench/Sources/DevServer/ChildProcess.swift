import Subprocess
import SystemPackage

/// A program that runs until it ends or is ended, in a process group of its own: a function, or a build.
package struct ChildProcess: Sendable {
    /// The time between SIGTERM and SIGKILL, Lambda's own.
    package static let terminationGraceMilliseconds = 500

    let command: [String]
    let environment: [String: String]
    let logs: any LogSink
    let control: ProcessControl
    let memoryLimit: MemoryLimit?

    /// Makes a process that is not started yet.
    ///
    /// - Parameters:
    ///   - command: The executable and its arguments. A name without `/` is looked for in `PATH`.
    ///   - environment: The whole environment.
    ///   - logs: Where its output goes, both streams.
    ///   - control: What stops and ends it.
    ///   - memoryLimit: What it is killed beyond; `nil` for no limit.
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
    /// Whatever the process started in its group is killed with it. A cancelled task ends the process first.
    ///
    /// - Returns: How it ended.
    /// - Throws: ``DevServerError`` when it cannot be started.
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
            // The process is gone; what it started in its group goes too. ESRCH says that nothing was left.
            try? execution.send(signal: .kill, toProcessGroup: true)
        }
    }

    /// Does what is asked for until the process is asked to end, or has ended.
    private func steer(_ execution: Execution<NoInput, SequenceOutput, SequenceOutput>) async {
        var done = ProcessControl.Wish.run
        while !Task.isCancelled {
            let wish = await control.wish(after: done)
            switch wish {
            case .run: try? execution.send(signal: .resume, toProcessGroup: true)
            case .pause: try? execution.send(signal: .suspend, toProcessGroup: true)
            case .stop:
                // A process that stands still would take no notice of SIGTERM.
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
