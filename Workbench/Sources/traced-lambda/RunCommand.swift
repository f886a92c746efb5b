import ArgumentParser
import FoundationEssentials
import LocalLambda
import OTLP

/// `traced-lambda run`: runs a function with one event and shows its trace.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a function once as Lambda would, and show its response and its trace.",
        discussion: """
            Starts a local Runtime API and a collector for spans, starts COMMAND with the environment that Lambda would \
            give it, feeds it one event, and ends it. The function's own output goes to standard error, each line \
            behind its name; the response and the trace go to standard output.

            Without --event and --event-file the event is {"session_id": ID}, with a new id unless --session-id gives one.

            The exit status is 0 when the function answered and a span was here before its answer; 1 when the function \
            failed (an error, a crash, a timeout); 2 when it answered and no span was here by then; \
            64 when the command line is wrong; 130 or 143 when it was interrupted.

            Example: traced-lambda run --event '{"question": "why?"}' --session-id $(uuidgen) -- ./bootstrap
            """
    )

    @OptionGroup(title: "Event")
    var event: EventOptions

    @OptionGroup(title: "Function")
    var options: FunctionOptions

    @Option(help: "The function's name; by default the executable's, or the folder's of a 'bootstrap'.")
    var name: String?

    @Flag(help: "Print one JSON object instead: response, error, sessionId, spans and more.")
    var json = false

    @Argument(parsing: .postTerminator, help: "The function's executable and its arguments, after '--'.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("Give the function's command after '--', as in: traced-lambda run -- ./bootstrap")
        }
        if let name, !FunctionIdentity.isLegal(name: name) {
            throw ValidationError("--name must be 1 to 64 letters, digits, '-' and '_'.")
        }
    }

    /// Checks that the command's first word can be started.
    private func checkExecutable(_ word: String) throws {
        let file = PathArgument(word)
        guard !word.contains("/") else { return try file.requireExecutable("the function's command") }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let isFound = folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(word)") }
        guard !isFound else { return }
        let isHere = FileManager.default.fileExists(atPath: file.path)
        let hint = isHere ? "for the file in this folder write './\(word)'" : "name the executable with its path"
        throw Failure.because("the function's command: there is no '\(word)' on PATH; \(hint)", .validationFailure)
    }

    func run() async throws {
        for word in command.prefix(1) { try checkExecutable(word) }
        let run = try makeRun()
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let logs = LogPrinter(functionName: run.settings.function.name, terminal: terminal)
        let report = try await Interruption.cancelling { try await run.report(logs: logs) }
        if json {
            TextFiles.writeOutput(report.json.text + "\n")
        } else {
            let lines = report.lines(widthColumns: terminal.widthColumns, usesColour: terminal.outputUsesColour)
            TextFiles.writeOutput(lines.joined(separator: "\n") + "\n")
        }
        switch report.verdict {
        case .ok: break
        case .functionFailed: throw ExitCode(1)
        case .noSpan: throw ExitCode(2)
        }
    }

    private func makeRun() throws -> LocalRun {
        let function = FunctionIdentity(
            executable: command.first ?? "",
            name: name,
            workingDirectory: FileManager.default.currentDirectoryPath,
            environment: ProcessInfo.processInfo.environment
        )
        let executable = command.first.map { $0.contains("/") ? PathArgument($0).path : $0 }
        let absolute = executable.map { [$0] + command.dropFirst() } ?? []
        let settings = options.settings(of: function, variables: try options.variables())
        return LocalRun(command: absolute, event: try event.makeEvent(), settings: settings)
    }
}
