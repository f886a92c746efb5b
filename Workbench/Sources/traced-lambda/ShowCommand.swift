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

    @Flag(help: "Print one JSON object instead: the session, its spans and its log records.")
    var json = false

    @Flag(help: "Print OTLP requests in JSON instead, one a line, which any collector takes; as 'export' does.")
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
        let session = try await source.find(session)
        if otlp {
            let lines = try await source.export(of: session.id) ?? []
            return TextFiles.writeOutput(lines.map { $0 + "\n" }.joined())
        }
        let spans = try await source.spans(of: session.id)
        let logs = try await source.logs(of: session.id)
        if json {
            let report: JSONValue = [
                "session": session.json, "spans": .array(spans.map(\.json)), "logs": .array(logs.map(\.json)),
            ]
            return TextFiles.writeOutput(report.text + "\n")
        }
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let renderer = TraceTreeRenderer(widthColumns: terminal.widthColumns, usesColour: terminal.outputUsesColour)
        let lines = renderer.lines(
            spans.map { ($0, false) },
            logs: logs,
            scope: SessionScope(requestedID: session.id, spans: spans.map(\.span))
        )
        let notes = renderer.render(Self.notes(try await source.tracesElsewhere(of: session.id), session.id))
        TextFiles.writeOutput((lines + notes).joined(separator: "\n") + "\n")
    }

    /// Lines on traces that are in another session, too.
    private static func notes(_ elsewhere: [TraceElsewhere], _ session: String) -> [StyledLine] {
        guard !elsewhere.isEmpty else { return [] }
        return elsewhere.map { other in
            StyledLine("! trace \(other.traceID) is also in session \(other.sessionID)", .notable)
        } + [StyledLine("  " + TraceElsewhere.remedy(for: session), .notable)]
    }
}
