import ArgumentParser

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
