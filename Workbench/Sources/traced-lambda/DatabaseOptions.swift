import ArgumentParser
import Traces

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
