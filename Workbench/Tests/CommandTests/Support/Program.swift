import FoundationEssentials
import Subprocess
import SystemPackage
import TestSupport

/// Runs the built `traced-lambda` program.
enum Program {
    /// The result of a run of the program.
    struct Result {
        let status: TerminationStatus
        let output: String
        let error: String
    }

    /// The program's path: tests and program are built into the same folder.
    static var path: Executable {
        get throws {
            let tests = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            return .path(tests.removingLastComponent().appending("traced-lambda"))
        }
    }

    /// The arguments of a run of the Python fixture function, with a time limit that allows for its start on a busy
    /// machine.
    static func fixtureArguments(_ behaviour: String, options: [String] = []) -> [String] {
        ["run", "--init-timeout", "60"] + options + ["--", "python3", FunctionFixture.path, behaviour]
    }

    static func run(_ arguments: [String]) async throws -> Result {
        let result = try await Subprocess.run(
            try path,
            arguments: Arguments(arguments),
            output: .string(limit: 1_000_000),
            error: .string(limit: 1_000_000)
        )
        return Result(
            status: result.terminationStatus,
            output: result.standardOutput,
            error: result.standardError
        )
    }
}
