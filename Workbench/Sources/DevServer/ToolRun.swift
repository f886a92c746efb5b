import Subprocess
import SystemPackage

/// A run of a program whose output is collected in memory.
package struct ToolRun: Sendable {
    /// The limit of the output, in bytes; a run that exceeds it is an error.
    package static let outputLimitBytes = 16_777_216

    /// True when the program exited with status 0.
    package let succeeded: Bool
    /// The standard output.
    package let output: String
    /// The standard error.
    package let errors: String

    /// Runs a program; cancellation of the task stops it.
    ///
    /// - Parameter command: The program, resolved in `PATH`, and its arguments.
    /// - Throws: ``DevServerError`` when the program cannot be started.
    package init(_ command: [String]) async throws(DevServerError) {
        do {
            let result = try await Subprocess.run(
                .name(command.first ?? ""),
                arguments: Arguments(Array(command.dropFirst())),
                output: .string(limit: Self.outputLimitBytes),
                error: .string(limit: Self.outputLimitBytes)
            )
            self.succeeded = result.terminationStatus.isSuccess
            self.output = result.standardOutput
            self.errors = result.standardError
        } catch {
            throw DevServerError(.cannotStart, "cannot run '\(command.first ?? "")': \(error)")
        }
    }
}
