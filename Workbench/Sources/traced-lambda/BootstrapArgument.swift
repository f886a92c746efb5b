import ArgumentParser
import LocalLambda

/// An executable to serve as a function, on the command line: `NAME=PATH`.
struct BootstrapArgument: ExpressibleByArgument, Sendable {
    let name: String
    let file: PathArgument

    init?(argument: String) {
        guard let variable = EnvironmentVariable(argument: argument), let file = PathArgument(argument: variable.value)
        else { return nil }
        self.name = variable.name
        self.file = file
    }

    static var defaultCompletionKind: CompletionKind { .file() }

    /// Checks the name and the executable.
    ///
    /// - Throws: The exit status of a wrong command line, after a message with the full path.
    func check() throws {
        guard FunctionIdentity.isLegal(name: name) else {
            throw Failure.because(
                "--bootstrap: '\(name)' cannot be a function's name, which has 1 to 64 letters, digits, '-' and '_'",
                .validationFailure
            )
        }
        guard !file.isStandardInput else {
            throw Failure.because(
                "--bootstrap: standard input cannot be started as a function; name a file",
                .validationFailure
            )
        }
        try file.requireExecutable("--bootstrap")
    }
}
