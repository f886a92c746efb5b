import FoundationEssentials

/// A run of a program whose output is collected in memory.
package struct ToolRun: Sendable {
    /// The limit of each output stream, in bytes; the rest is dropped.
    package static let outputLimitBytes = 16_777_216

    /// True when the program exited with status 0.
    package let succeeded: Bool
    /// The standard output.
    package let output: String
    /// The standard error.
    package let errors: String

    /// Runs a program; cancellation of the task stops it and every process that it started.
    ///
    /// - Parameters:
    ///   - command: The program, resolved in `PATH`, and its arguments.
    ///   - input: The standard input.
    /// - Throws: ``LocalLambdaError`` when the program cannot be started.
    package init(_ command: [String], input: [UInt8] = []) async throws(LocalLambdaError) {
        let (output, errors) = (
            TextReader(limitBytes: Self.outputLimitBytes), TextReader(limitBytes: Self.outputLimitBytes)
        )
        let process = ChildProcess(
            command: command,
            environment: ProcessInfo.processInfo.environment,
            input: input,
            output: output,
            errors: errors
        )
        self.succeeded = try await process.run() == .exited(0)
        self.output = output.text
        self.errors = errors.text
    }
}
