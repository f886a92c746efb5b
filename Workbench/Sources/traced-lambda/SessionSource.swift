import ArgumentParser
import HTTPTypes
import LocalLambda
import NIOPosix
import OTLP
import Traces

/// The source of sessions: a database file, or a running server.
enum SessionSource: Sendable {
    case file(TraceArchive)
    case port(Int)

    func sessions(_ query: SessionQuery) async throws -> [SessionSummary] {
        switch self {
        case .file(let archive): return try await archive.sessions(query)
        case .port(let port):
            var path = "/api/sessions?limit=\(query.limit)&search=\(PercentText.encoded(query.text))"
            if let service = query.service { path += "&function=\(PercentText.encoded(service))" }
            if query.hasErrors { path += "&errors=1" }
            return try await Self.get(path, port)?["sessions"]?.array?.compactMap(SessionSummary.init(json:)) ?? []
        }
    }

    func session(_ id: String) async throws -> SessionSummary? {
        switch self {
        case .file(let archive): return try await archive.session(id)
        case .port(let port):
            // Skips all lines of the waterfall, which are not needed here.
            let path = "/api/sessions/\(PercentText.encoded(id))?after=\(Int64.max)"
            return try await Self.get(path, port)?["session"].flatMap(SessionSummary.init(json:))
        }
    }

    /// Finds sessions whose id begins with a prefix; several matches return at least two ids.
    func sessions(withPrefix prefix: String) async throws -> [String] {
        switch self {
        case .file(let archive): return try await archive.sessions(withPrefix: prefix)
        case .port:
            var query = SessionQuery()
            query.text = prefix
            return try await sessions(query).map(\.id).filter { $0.hasPrefix(prefix) }
        }
    }

    func spans(of id: String) async throws -> [NormalSpan] {
        switch self {
        case .file(let archive): return try await archive.spans(of: id).map(\.normal)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))/otlp"
            guard let request = try await Self.get(path, port) else { return [] }
            return try OTLPJSON.spans(in: JSONValue.object(request).bytes).map { NormalSpan($0, prices: .builtIn) }
        }
    }

    /// Reads the log records of a session's traces.
    func logs(of id: String) async throws -> [LogRecord] {
        switch self {
        case .file(let archive): return try await archive.logs(of: id)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))/logs"
            let requests = try await Self.get(path, port)?["logs"]?.array ?? []
            return try requests.flatMap { try OTLPLogs.records(json: $0.bytes) }
        }
    }

    /// Counts what came beside spans.
    func signalCounts() async throws -> SignalCounts {
        switch self {
        case .file(let archive): return try await archive.signalCounts()
        case .port(let port): return SignalCounts(json: try await Self.get("/api/signals", port) ?? JSONObject())
        }
    }

    /// Lists the ids of all sessions.
    func allSessions() async throws -> [String] {
        switch self {
        case .file(let archive): return try await archive.sessionIDs()
        case .port(let port):
            guard let bytes = try await Self.body("/api/session-ids", port) else { return [] }
            return (try? JSONValue(parsing: bytes))?.array?.compactMap(\.string) ?? []
        }
    }

    /// The lines of a session's export; `nil` when there is no such session.
    func export(of id: String) async throws -> [String]? {
        switch self {
        case .file(let archive):
            guard let session = try await archive.session(id) else { return nil }
            return try await archive.export(session).map(\.text)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))/export"
            guard let bytes = try await Self.body(path, port) else { return nil }
            return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Finds the session that a user names, by its id or the begin of it; the latest for `nil`.
    ///
    /// - Throws: Exit status 1, after a message, when there is none or the begin is ambiguous.
    func find(_ name: String?) async throws -> SessionSummary {
        guard let name else {
            if let latest = try await sessions(SessionQuery()).first?.id, let summary = try await session(latest) {
                return summary
            }
            throw Failure.because("there is no session yet; invoke a function or send spans first")
        }
        if let summary = try await session(name) { return summary }
        let ids = try await sessions(withPrefix: name)
        let shown = TerminalText.escaped(name)
        guard let id = ids.first, let summary = try await session(id) else {
            throw Failure.because("there is no session '\(shown)'; 'traced-lambda sessions' lists them")
        }
        guard ids.count == 1 else {
            throw Failure.because("several sessions begin with '\(shown)'; give more of the id")
        }
        return summary
    }

    /// Finds the spans that arrived after their invocation's response, by trace and span id.
    func lateness(of id: String) async throws -> [String: Bool] {
        switch self {
        case .file(let archive): return try await archive.lateness(of: id)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))/lateness"
            let members = try await Self.get(path, port)?.members ?? []
            return Dictionary(members.map { ($0.name, $0.value == true) }) { $0 || $1 }
        }
    }

    /// Finds other sessions that have spans of this session's traces.
    func tracesElsewhere(of id: String) async throws -> [TraceElsewhere] {
        switch self {
        case .file(let archive): return try await archive.tracesElsewhere(of: id)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))?after=\(Int64.max)"
            return try await Self.get(path, port)?["elsewhere"]?.array?.compactMap(TraceElsewhere.init(json:)) ?? []
        }
    }

    /// Sends a request to the server and parses its response; `nil` when it responds 404.
    private static func get(_ path: String, _ port: Int) async throws -> JSONObject? {
        guard let bytes = try await body(path, port) else { return nil }
        guard let json = try? JSONValue(parsing: bytes, depthLimit: OTLPJSON.depthLimit) else {
            throw Failure.because("the program on port \(port) is not traced-lambda; name another port")
        }
        return json.object
    }

    /// Sends a request to the server; `nil` when it responds 404.
    private static func body(_ path: String, _ port: Int) async throws -> [UInt8]? {
        let answer: LoopbackClient.Answer
        do {
            answer = try await LoopbackClient.send(
                .get,
                port: port,
                path: path,
                answerLimitBytes: LoopbackClient.exportLimitBytes
            )
        } catch is NIOConnectionError {
            let remedy = "start 'traced-lambda dev' or 'collect' there"
            throw Failure.because("nothing listens on port \(port); \(remedy)", ExitCode.unavailable)
        } catch {
            throw Failure.because("the program on port \(port) gave no answer: \(error)")
        }
        if answer.head.status == .notFound { return nil }
        if answer.head.status == .serviceUnavailable,
            let message = (try? JSONValue(parsing: answer.body))?.object?["message"]?.string
        {
            throw Failure.because("the program on port \(port): \(TerminalText.escaped(message))")
        }
        guard answer.head.status == .ok else {
            let status = "HTTP \(answer.head.status.code)"
            throw Failure.because("the program on port \(port) is not traced-lambda (\(status)); name another port")
        }
        return answer.body
    }
}

/// The options for the source of sessions.
struct SourceOptions: ParsableArguments {
    @OptionGroup
    var file: DatabaseOptions

    @Option(help: "The port of `traced-lambda dev` or `collect`, to ask it rather than the file.")
    var port: Int?

    func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be 1 to 65535.") }
    }

    /// Opens the source of sessions.
    ///
    /// - Throws: Exit status 1, after a message that names the file.
    func source() throws -> SessionSource {
        if let port { .port(port) } else { .file(try file.archive()) }
    }
}

/// The option for the trace database.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file with the traces.", valueName: "file"))
    var database = PathArgument(TraceDatabase.defaultPath)

    func validate() throws {
        guard !database.isStandardInput else {
            throw ValidationError("--database: standard input cannot hold a database; name a file.")
        }
    }

    /// Opens the database read-only.
    ///
    /// - Throws: Exit status 1, after a message that names the file.
    func archive() throws -> TraceArchive {
        try explained { () throws(TraceDatabaseError) in try TraceArchive(path: database.path) }
    }

    /// Runs a closure and reports its database error.
    ///
    /// - Throws: Exit status 1, after a message that names the file.
    func explained<Result>(_ work: () throws(TraceDatabaseError) -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            TextFiles.writeError(Array("Error: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}

/// The options for the traces that a server collects.
struct CollectionOptions: ParsableArguments {
    @OptionGroup
    var file: DatabaseOptions

    @Flag(help: "Keep the traces in memory, and in no file.")
    var ephemeral = false

    @Option(
        help: ArgumentHelp(
            "Prices of models, with which costs are estimated; 'traced-lambda prices' prints the built-in ones.",
            valueName: "file"
        )
    )
    var prices: PathArgument?

    /// Where the traces are kept, for people.
    var location: String { ephemeral ? "memory" : file.database.path }

    /// Opens the database.
    ///
    /// - Throws: The exit status, after a message that names the file.
    func open() throws -> TraceDatabase {
        let prices = try priceTable()
        return try file.explained { () throws(TraceDatabaseError) in
            ephemeral
                ? try TraceDatabase(inMemory: TraceRetention(), prices: prices)
                : try TraceDatabase(path: file.database.path, prices: prices, notice: Self.warn)
        }
    }

    /// Prints a warning to standard error.
    private static let warn: @Sendable (String) -> Void = { line in
        TextFiles.writeError(Array("! \(TerminalText.escaped(line))\n".utf8))
    }

    private func priceTable() throws -> PriceTable {
        guard let prices else { return .builtIn }
        do {
            return try PriceTable(json: try TextFiles.read(prices, limitBytes: PriceTable.limitBytes))
        } catch let error as PriceTableError {
            throw Failure.because("--prices: '\(prices.path)' is no price table: \(error)", .validationFailure)
        } catch {
            throw Failure.because("--prices: \(error)", .validationFailure)
        }
    }
}
