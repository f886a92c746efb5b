import ArgumentParser
import HTTPTypes
import LocalLambda
import NIOPosix
import OTLP
import Traces

/// `traced-lambda import`: reads sessions that `export` wrote.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read sessions that 'traced-lambda export' has written.",
        discussion: """
            Reads OTLP requests in JSON, one a line. What is there already stays; a session of the same id is completed.

            The exit status is 0 when all lines were kept, 1 when one is no request or cannot be kept (those before it \
            are kept), 69 when nothing listens on the port, 64 when the command line is wrong.

            Example: traced-lambda import traces.jsonl
            """
    )

    /// The limit of a file, in bytes.
    private static let fileLimitBytes = 2 * 1_024 * 1_024 * 1_024

    @OptionGroup
    var file: DatabaseOptions

    @Option(help: "The port of `traced-lambda dev` or `collect`, to send the sessions there.")
    var port: Int?

    @Argument(help: "The file; - is standard input.")
    var input: PathArgument

    func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be 1 to 65535.") }
    }

    func run() async throws {
        let bytes: [UInt8]
        do throws(InputFileError) {
            bytes = try TextFiles.read(input, limitBytes: Self.fileLimitBytes)
        } catch {
            throw Failure.because("\(error)", .validationFailure)
        }
        let database =
            try port == nil
            ? file.explained { () throws(TraceDatabaseError) in try TraceDatabase(path: file.database.path) } : nil
        var count = 0
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                if let database { try await database.record(Array(line)) } else { try await send(Array(line)) }
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Failure.because("line \(index + 1) was not kept: \(error)")
            }
            count += 1
        }
        TextFiles.writeOutput("\(count) request\(count == 1 ? "" : "s") kept\n")
    }

    private func send(_ line: [UInt8]) async throws {
        let port = port ?? 0
        let answer: LoopbackClient.Answer
        do {
            answer = try await LoopbackClient.send(.post, port: port, path: "/api/import", body: line)
        } catch is NIOConnectionError {
            let remedy = "start 'traced-lambda dev' or 'collect' there"
            throw Failure.because("nothing listens on port \(port); \(remedy)", ExitCode.unavailable)
        }
        guard answer.head.status != .ok else { return }
        let message = (try? JSONValue(parsing: answer.body))?.object?["message"]?.string
        throw Failure.because(message ?? "the program on port \(port) answered with \(answer.head.status.code)")
    }
}
