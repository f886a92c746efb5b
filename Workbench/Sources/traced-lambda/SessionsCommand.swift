import ArgumentParser
import FoundationEssentials
import OTLP
import Traces

/// `traced-lambda sessions`: lists the sessions of the database.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions that were collected, the latest first.",
        discussion: "Reads the file also while 'traced-lambda dev' or 'collect' writes to it."
    )

    @OptionGroup
    var sourceOptions: SourceOptions

    @Option(help: ArgumentHelp("Only those that hold this text.", valueName: "text"))
    var search = ""

    @Option(help: ArgumentHelp("Only those in which this function, or service, took part.", valueName: "name"))
    var function: String?

    @Flag(help: "Only those in which something failed.")
    var errors = false

    @Option(help: ArgumentHelp("How many, at most \(SessionQuery.limitCount).", valueName: "count"))
    var limit = 20

    @Flag(help: "Print one JSON array instead.")
    var json = false

    /// The limit of a session's name in a line, in Unicode scalars.
    private static let nameLimitScalars = 60

    func validate() throws {
        guard (1...SessionQuery.limitCount).contains(limit) else {
            throw ValidationError("--limit must be 1 to \(SessionQuery.limitCount).")
        }
    }

    func run() async throws {
        var query = SessionQuery()
        query.text = search
        query.service = function
        query.hasErrors = errors
        query.limit = limit
        let source = try sourceOptions.source()
        let sessions = try await source.sessions(query)
        guard !json else { return TextFiles.writeOutput(JSONValue.array(sessions.map(\.json)).text + "\n") }
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let renderer = TraceTreeRenderer(
            widthColumns: terminal.widthColumns,
            usesColour: terminal.outputUsesColour
        )
        let nameLimitScalars = terminal.widthColumns == .max ? TerminalText.textLimitScalars : Self.nameLimitScalars
        let lines =
            sessions.isEmpty
            ? [StyledLine("No session matches.", .faint)] : sessions.map { line(of: $0, nameLimitScalars) }
        let beside = try await source.signalCounts().text.map { [StyledLine("Beside spans: \($0)", .faint)] } ?? []
        TextFiles.writeOutput(renderer.render(lines + beside).joined(separator: "\n") + "\n")
    }

    private func line(of session: SessionSummary, _ nameLimitScalars: Int) -> StyledLine {
        var line = StyledLine(session.id, .strong)
        if let name = session.name { line.append("  \(name)", limitScalars: nameLimitScalars) }
        line.append("  \(time(session.startNanoseconds ?? session.receivedNanoseconds))", .faint)
        line.append("  \(session.spanCount) span\(session.spanCount == 1 ? "" : "s")")
        if let start = session.startNanoseconds, let end = session.endNanoseconds, end >= start {
            line.append("  " + DurationText.text(nanoseconds: UInt64(end - start)))
        }
        if session.tokenCount > 0 { line.append("  \(session.tokenCount) tokens") }
        if session.dollars > 0 { line.append("  $\(DurationText.decimal(session.dollars, digits: 4))") }
        if session.errorCount > 0 { line.append("  ✗ \(session.errorCount) failed", .bad) }
        line.append("  " + session.services.joined(separator: ", "), .faint)
        return line
    }

    private func time(_ nanoseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(nanoseconds / 1_000_000_000)).formatted(.iso8601)
    }
}
