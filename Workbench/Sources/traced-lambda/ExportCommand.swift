import ArgumentParser
import FoundationEssentials
import OTLP
import SystemPackage
import Traces

/// `traced-lambda export`: writes sessions to a file that `import` reads.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write sessions to a file, from which 'traced-lambda import' makes the same ones.",
        discussion: """
            A line is one OTLP request in JSON, which any collector takes; a large session has several lines. The \
            session's name, fields and feedback, and events that were sent over REST, are attributes in it.

            The exit status is 0 when all sessions were written, 1 when one is not there, 69 when nothing listens on the \
            port, 64 when the command line is wrong.

            Example: traced-lambda export --all --output traces.jsonl
            """
    )

    @OptionGroup
    var sourceOptions: SourceOptions

    @Flag(help: "The latest session.")
    var last = false

    @Flag(help: "All sessions.")
    var all = false

    @Option(help: ArgumentHelp("The file to write; standard output without it.", valueName: "file"))
    var output: PathArgument?

    @Argument(help: "The session's id, or enough of its begin to tell it from others.")
    var session: String?

    func validate() throws {
        let given = [session != nil, last, all].count { $0 }
        guard given == 1, session?.isEmpty != true else {
            throw ValidationError("Give a session's id, --last or --all, as in: traced-lambda export --last")
        }
    }

    func run() async throws {
        let source = try sourceOptions.source()
        let writer = try LineWriter(output)
        var count = 0
        if all {
            for id in try await source.allSessions() {
                // A session may have been removed meanwhile.
                guard let lines = try await source.export(of: id) else { continue }
                try writer.write(lines)
                count += 1
            }
        } else {
            let session = try await source.find(session)
            try writer.write(try await source.export(of: session.id) ?? [])
            count = 1
        }
        if output != nil { TextFiles.writeError(Array("\(count) session\(count == 1 ? "" : "s") written\n".utf8)) }
    }
}

/// Writes lines to a file or to standard output.
private struct LineWriter {
    private let file: FileDescriptor
    private let name: String

    init(_ path: PathArgument?) throws {
        guard let path, !path.isStandardInput else {
            file = .standardOutput
            name = "standard output"
            return
        }
        name = "'\(path.path)'"
        do {
            file = try FileDescriptor.open(
                FilePath(path.path),
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWrite]
            )
        } catch {
            throw Failure.because("cannot write \(name): \(error)")
        }
    }

    func write(_ lines: [String]) throws {
        do {
            for line in lines { try file.writeAll(Array((line + "\n").utf8)) }
        } catch {
            throw Failure.because("cannot write \(name): \(error)")
        }
    }
}
