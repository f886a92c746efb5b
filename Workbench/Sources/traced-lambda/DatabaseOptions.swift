import ArgumentParser
import TraceDatabase

/// The option that says where traces are kept.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file with the traces.", valueName: "file"))
    var database = TraceDatabase.defaultPath

    func validate() throws {
        if database.isEmpty { throw ValidationError("--database must not be empty.") }
    }

    /// Opens the file to read it.
    ///
    /// - Throws: Exit status 1, after a message that names the file.
    func archive() throws -> TraceArchive {
        try explained { () throws(TraceDatabaseError) in try TraceArchive(path: database) }
    }

    /// Does something with the file.
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
