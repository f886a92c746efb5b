import ArgumentParser
import FoundationEssentials
import OTLP
import Traces

/// `traced-lambda show`: shows one session.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a session's spans as a tree.",
        discussion: """
            The exit status is 0 when the session is there, 1 when it is not, 69 when \
            nothing listens on the port, 64 when the command line is wrong.

            Example: traced-lambda show --last
            """
    )

    @OptionGroup
    var sourceOptions: SourceOptions

    @Flag(help: "The latest session.")
    var last = false

    @Flag(help: "Print one JSON object instead: the session and its spans.")
    var json = false

    @Flag(help: "Print an OTLP request in JSON instead, which any collector takes.")
    var otlp = false

    @Argument(help: "The session's id, or enough of its begin to tell it from others.")
    var session: String?

    func validate() throws {
        guard (session == nil) == last, session?.isEmpty != true else {
            throw ValidationError("Give a session's id or --last, as in: traced-lambda show --last")
        }
        if json, otlp { throw ValidationError("Give --json or --otlp, not both.") }
    }

    func run() async throws {
        let source = try sourceOptions.source()
        let session = try await find(in: source)
        let spans = try await source.spans(of: session.id)
        if otlp { return TextFiles.writeOutput(try OTLPJSON.request(spans).text + "\n") }
        if json {
            let report: JSONValue = ["session": session.json, "spans": .array(spans.map(\.json))]
            return TextFiles.writeOutput(report.text + "\n")
        }
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let renderer = TraceTreeRenderer(widthColumns: terminal.widthColumns, usesColour: terminal.outputUsesColour)
        let lines = renderer.lines(
            spans.map { ($0, false) },
            scope: SessionScope(requestedID: session.id, spans: spans)
        )
        TextFiles.writeOutput(lines.joined(separator: "\n") + "\n")
    }

    private func find(in source: SessionSource) async throws -> SessionSummary {
        guard let session else {
            if let latest = try await source.sessions(SessionQuery()).first?.id,
                let summary = try await source.session(latest)
            {
                return summary
            }
            throw failure("there is no session yet; invoke a function or send spans first")
        }
        if let summary = try await source.session(session) { return summary }
        let ids = try await source.sessions(withPrefix: session)
        guard let id = ids.first, let summary = try await source.session(id) else {
            throw failure("there is no session '\(session)'; 'traced-lambda sessions' lists them")
        }
        guard ids.count == 1 else { throw failure("several sessions begin with '\(session)'; give more of the id") }
        return summary
    }

    private func failure(_ reason: String) -> ExitCode {
        TextFiles.writeError(Array("Error: \(TerminalText.escaped(reason))\n".utf8))
        return .failure
    }
}
