import Subprocess
import SystemPackage

/// One run of a program whose output is wanted whole.
package struct ToolRun: Sendable {
    /// Bytes of output beyond which a run is an error.
    package static let outputLimitBytes = 16_777_216

    /// Whether it exited with status 0.
    package let succeeded: Bool
    /// Its standard output.
    package let output: String
    /// Its standard error.
    package let errors: String

    /// Runs a program.
    ///
    /// A cancelled task ends it.
    ///
    /// - Parameter command: The program, looked for in `PATH`, and its arguments.
    /// - Throws: ``DevServerError`` when it cannot be started.
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
