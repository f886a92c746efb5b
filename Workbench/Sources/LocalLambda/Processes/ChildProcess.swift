import Dispatch
import FoundationEssentials
import Subprocess
import Synchronization
import SystemPackage

/// A child process, such as a function, a build or a tool, in a session of its own.
struct ChildProcess: Sendable {
    /// The time between SIGTERM and SIGKILL, in milliseconds, as on Lambda.
    static let terminationGraceMilliseconds = 500

    let command: [String]
    let environment: [String: String]
    var input: [UInt8] = []
    let output: any OutputReader
    let errors: any OutputReader
    var control = ProcessControl()
    var memoryLimit: MemoryLimit?
}

extension ChildProcess {
    /// Creates a process without starting it.
    ///
    /// `command`: The executable and its arguments. A name without `/` is resolved in `PATH`.
    /// `environment`: The complete environment.
    /// `control`: The controller that pauses, stops and kills the process.
    /// `memoryLimit`: The limit beyond which the process is killed; `nil` for none.
    init(
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

    /// Starts the process and waits for its end.
    ///
    /// Processes that remain in its session or below it are killed then, in whichever process group they are. Cancellation
    /// of the task stops the process first.
    ///
    /// - Throws: ``LocalLambdaError`` when the process cannot be started.
    func run() async throws(LocalLambdaError) -> ProcessStatus {
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
        for (name, value) in environment.merging(ProcessKeeper.mark, uniquingKeysWith: { $1 }) {
            variables[Environment.Key(stringLiteral: name)] = value
        }
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

/// The exit status of a process.
package enum ProcessStatus: Sendable, Hashable {
    /// Exited with a status.
    case exited(Int32)
    /// Ended by a signal.
    case signaled(Int32)

    /// The process's end in Lambda's wording, for example `Runtime exited with error: exit status 1`.
    package var text: String {
        switch self {
        case .exited(0): "Runtime exited without providing a reason"
        case .exited(let code): "Runtime exited with error: exit status \(code)"
        case .signaled(let signal): "Runtime exited with error: signal: \(Self.signalName(signal))"
        }
    }

    private static func signalName(_ signal: Int32) -> String {
        let names: [Int32: String] = [
            4: "illegal instruction", 5: "trace/breakpoint trap", 6: "aborted", 7: "bus error",
            8: "floating point exception", 9: "killed", 11: "segmentation fault", 13: "broken pipe", 15: "terminated",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}

/// Requests to a running process, made by one task and applied by another.
final class ProcessControl: Sendable {
    /// A request.
    enum Request: Sendable {
        /// Continue.
        case run
        /// Pause with SIGSTOP.
        case pause
        /// Stop with SIGTERM, then SIGKILL.
        case stop
        /// Kill, as Lambda does after a timeout.
        case kill
    }

    private struct State: Sendable {
        var request = Request.run
        var identifier: Int32?
    }

    private let condition = AsyncCondition(State())

    /// The process id; `nil` before the start and after the end.
    var processIdentifier: Int32? { condition.state.identifier }

    /// Stops the process: SIGTERM, then SIGKILL after 500 ms.
    func stop() {
        condition.change { if $0.request != .kill { $0.request = .stop } }
    }

    /// Kills the process.
    func kill() {
        condition.change { $0.request = .kill }
    }

    /// Pauses the process, unless it is being stopped.
    func pause() {
        condition.change { if $0.request == .run { $0.request = .pause } }
    }

    /// Resumes the process.
    func resume() {
        condition.change { if $0.request == .pause { $0.request = .run } }
    }

    /// Waits for a new request; also returns when the task is cancelled.
    func request(after done: Request) async -> Request {
        await condition.wait { $0.request != done }
        return condition.state.request
    }

    func setProcessIdentifier(_ identifier: Int32?) {
        condition.change { $0.identifier = identifier }
    }
}

/// Waits for the end of a process without reaping it.
enum ProcessExit {
    /// Waits until a process has ended.
    ///
    /// The system does not reuse a process id until the process is reaped, so that the process group can still be
    /// killed safely.
    ///
    /// - Parameter identifier: The process's id; the process must not be reaped meanwhile.
    static func wait(for identifier: ProcessIdentifier) async {
        // A pidfd becomes readable when its process ends (pidfd_open(2)).
        let source = DispatchSource.makeReadSource(fileDescriptor: identifier.processDescriptor, queue: .global())
        await withCheckedContinuation { continuation in
            source.setEventHandler { source.cancel() }
            source.setCancelHandler { continuation.resume() }
            source.activate()
        }
    }
}

/// Consumes an output stream of a child process.
protocol OutputReader: Sendable {
    /// Reads the stream to its end.
    func read(_ stream: SubprocessOutputSequence) async
    /// Adds a line that the process itself did not write.
    func note(_ line: String)
}

/// Splits a stream into lines for a log.
struct LineReader: OutputReader {
    let logs: any LogSink

    func read(_ stream: SubprocessOutputSequence) async {
        var splitter = LineSplitter()
        do {
            for try await buffer in stream {
                let lines = buffer.withUnsafeBytes { splitter.lines(after: $0) }
                for line in lines { logs.write(line) }
            }
        } catch {
            note("(the output cannot be read: \(error))")
        }
        if let line = splitter.last() { logs.write(line) }
    }

    func note(_ line: String) { logs.write(Array(line.utf8)) }
}

/// Collects a stream in memory, up to a limit.
final class TextReader: OutputReader {
    private let limitBytes: Int
    private let kept = Mutex<[UInt8]>([])

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// The collected text.
    var text: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }

    func read(_ stream: SubprocessOutputSequence) async {
        do {
            for try await buffer in stream {
                let bytes = buffer.withUnsafeBytes { Array($0) }
                kept.withLock { $0 += bytes.prefix(max(limitBytes - $0.count, 0)) }
            }
        } catch {
            note("(the output cannot be read: \(error))")
        }
    }

    func note(_ line: String) { kept.withLock { $0 += Array(line.utf8) } }
}

/// A run of a program whose output is collected in memory.
package struct ToolRun: Sendable {
    /// The limit of each output stream, in bytes; the rest is dropped.
    static let outputLimitBytes = 16_777_216

    /// True when the program exited with status 0.
    package let succeeded: Bool
    /// The standard output.
    package let output: String
    /// The standard error.
    package let errors: String

    /// Runs a program; cancellation of the task stops it and every process that it started.
    ///
    /// `command`: The program, resolved in `PATH`, and its arguments.
    /// Throws ``LocalLambdaError`` when the program cannot be started.
    package init(_ command: [String], input: [UInt8] = []) async throws(LocalLambdaError) {
        let (output, errors) = (
            TextReader(limitBytes: Self.outputLimitBytes), TextReader(limitBytes: Self.outputLimitBytes)
        )
        let process = ChildProcess(
            command: command,
            environment: ProcessInfo.processInfo.environment,
            input: input,
            output: output,
            errors: errors
        )
        self.succeeded = try await process.run() == .exited(0)
        self.output = output.text
        self.errors = errors.text
    }
}
