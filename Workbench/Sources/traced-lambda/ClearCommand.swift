import ArgumentParser
import HTTPTypes
import LocalLambda
import NIOPosix
import OTLP
import Traces

/// `traced-lambda clear`: removes sessions.
struct ClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Remove sessions that were collected, with all that belongs to them.",
        discussion: """
            Also while 'traced-lambda dev' or 'collect' writes to the file, which a deletion of the file would disturb.

            The exit status is 0 when the sessions are gone, 1 when a session that was named is not there, 69 when \
            nothing listens on the port, 64 when the command line is wrong.

            Example: traced-lambda clear --older-than 7d
            """
    )

    @OptionGroup
    var sourceOptions: SourceOptions

    @Flag(help: "All sessions.")
    var all = false

    @Option(
        help: ArgumentHelp("Sessions that ended longer ago than this: 90s, 30m, 12h or 7d.", valueName: "time")
    )
    var olderThan: AgeArgument?

    @Argument(help: "The session's id, or enough of its begin to tell it from others.")
    var session: String?

    func validate() throws {
        guard [session != nil, all, olderThan != nil].count(where: { $0 }) == 1, session?.isEmpty != true else {
            throw ValidationError(
                "Give a session's id, --all or --older-than, as in: traced-lambda clear --older-than 7d"
            )
        }
    }

    func run() async throws {
        let count: Int
        if let port = sourceOptions.port {
            count = try await removeOverHTTP(port)
        } else {
            count = try await removeInFile()
        }
        TextFiles.writeOutput("\(count) session\(count == 1 ? "" : "s") removed\n")
    }

    private func removeInFile() async throws -> Int {
        let options = sourceOptions.file
        do {
            // A file that is not there is not made.
            _ = try TraceArchive(path: options.database.path)
        } catch let error where error.code == .missing && session == nil {
            return 0
        } catch {
            throw Failure.because("\(error)")
        }
        let selection = try await selection()
        let database = try options.explained { () throws(TraceDatabaseError) in
            try TraceDatabase(path: options.database.path)
        }
        return try await database.remove(selection)
    }

    private func selection() async throws -> SessionSelection {
        if all { return .all }
        if let olderThan { return .olderThan(olderThan.seconds) }
        return .session(try await sourceOptions.source().find(session).id)
    }

    private func removeOverHTTP(_ port: Int) async throws -> Int {
        let path =
            switch try await selection() {
            case .session(let id): "/api/sessions/\(PercentText.encoded(id))"
            case .all: "/api/sessions?all=1"
            case .olderThan(let seconds): "/api/sessions?olderThan=\(seconds)"
            }
        do {
            let answer = try await LoopbackClient.send(.delete, port: port, path: path)
            guard answer.head.status == .ok,
                let count = (try? JSONValue(parsing: answer.body))?.object?["removed"]?.number?.int64
            else { throw Failure.because("the program on port \(port) answered with \(answer.head.status.code)") }
            return Int(clamping: count)
        } catch is NIOConnectionError {
            let remedy = "start 'traced-lambda dev' or 'collect' there"
            throw Failure.because("nothing listens on port \(port); \(remedy)", ExitCode.unavailable)
        }
    }
}

/// A span of time: a number and a unit.
struct AgeArgument: ExpressibleByArgument, Sendable, Hashable {
    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]

    let seconds: Int64

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }), let count = Int64(argument.dropLast()), count >= 0
        else { return nil }
        let (seconds, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows else { return nil }
        self.seconds = seconds
    }
}
