import ArgumentParser

/// Reports an error that ends a command.
enum Failure {
    /// Writes an error message and returns the exit status.
    ///
    /// - Parameters:
    ///   - message: The error message, for people.
    ///   - code: The exit status.
    /// - Returns: The error to throw.
    static func because(_ message: String, _ code: ExitCode = .failure) -> ExitCode {
        TextFiles.writeError(Array("Error: \(message)\n".utf8))
        return code
    }
}
