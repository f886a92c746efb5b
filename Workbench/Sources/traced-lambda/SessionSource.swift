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

    func spans(of id: String) async throws -> [TraceSpan] {
        switch self {
        case .file(let archive): return try await archive.spans(of: id).map(\.span)
        case .port(let port):
            let path = "/api/sessions/\(PercentText.encoded(id))/otlp"
            guard let request = try await Self.get(path, port) else { return [] }
            return try OTLPJSON.spans(in: JSONValue.object(request).bytes)
        }
    }

    /// Sends a request to the server; `nil` when it responds 404.
    private static func get(_ path: String, _ port: Int) async throws -> JSONObject? {
        let answer: LoopbackClient.Answer
        do {
            answer = try await LoopbackClient.send(.get, port: port, path: path)
        } catch is NIOConnectionError {
            let remedy = "start 'traced-lambda dev' or 'collect' there"
            throw Failure.because("nothing listens on port \(port); \(remedy)", ExitCode.unavailable)
        } catch {
            throw Failure.because("the program on port \(port) gave no answer: \(error)")
        }
        if answer.head.status == .notFound { return nil }
        guard answer.head.status == .ok,
            let json = try? JSONValue(parsing: answer.body, depthLimit: OTLPJSON.depthLimit)
        else {
            let status = "HTTP \(answer.head.status.code)"
            throw Failure.because("the program on port \(port) is not traced-lambda (\(status)); name another port")
        }
        return json.object
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
