import ArgumentParser

/// Ends a command after a message.
enum Failure {
    /// Writes a message, and gives the status to end with.
    ///
    /// - Parameters:
    ///   - message: What is wrong, for people.
    ///   - code: The exit status.
    /// - Returns: What to throw.
    static func because(_ message: String, _ code: ExitCode = .failure) -> ExitCode {
        TextFiles.writeError(Array("Error: \(message)\n".utf8))
        return code
    }
}
