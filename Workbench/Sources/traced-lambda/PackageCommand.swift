import ArgumentParser
import FoundationEssentials
import Glibc
import LocalLambda

/// `traced-lambda package`: runs the checkout's `build.sh package` from any folder.
struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Make a Lambda package of an executable product.",
        discussion: """
            Makes DIR/.build/lambda/PRODUCT/bootstrap, a static executable, and PRODUCT.zip beside it. The exit status is 0 \
            when they are there, 1 when they could not be made, 64 when the command line is wrong, 69 when something is \
            missing that could not be installed.
            """
    )

    /// The variable with the name that the scripts use for this command in their messages.
    private static let commandNameVariable = "TRACED_LAMBDA_COMMAND_NAME"

    @Argument(help: "An executable product of the package.")
    var product: String

    @Option(help: ArgumentHelp("The Swift package.", valueName: "dir"))
    var packagePath = PathArgument(".")

    @Flag(help: "Package in a container with Debian 12, by docker, podman or finch.")
    var container = false

    func validate() throws {
        guard !product.isEmpty, !product.hasPrefix("-"), !product.contains("/") else {
            throw ValidationError("'\(product)' cannot be a product's name; name an executable product of the package.")
        }
    }

    func run() async throws {
        try packagePath.requirePackage("--package-path")
        guard let checkout = Checkout.folder else {
            throw Failure.because(
                """
                this program was moved out of its checkout of TracedLambda, which has the scripts that package; use the \
                one that './build.sh install' puts on PATH
                """,
                .unavailable
            )
        }
        let words =
            ["bash", "\(checkout)/build.sh", "package", product, "--package-path", packagePath.path]
            + (container ? ["--container"] : [])
        setenv(Self.commandNameVariable, "traced-lambda", 1)
        let status = try await Interruption.cancelling { await ForegroundProcess.run(words) }
        switch status {
        case .exited(0): return
        case .exited(let code): throw ExitCode(code)
        case .signaled(let signal): throw ExitCode(128 + signal)
        case nil: throw Failure.because("'bash' cannot be started, which runs the packaging; install it", .unavailable)
        }
    }
}

/// Finds the checkout of the framework that this program was built in.
enum Checkout {
    /// The checkout's folder.
    ///
    /// `build.sh install` puts a symbolic link on the user's PATH, so the program stays in the checkout.
    ///
    /// - Returns: `nil` when the program was moved out of the checkout.
    static var folder: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        var folder = URL(filePath: program).deletingLastPathComponent()
        while folder.path.count > 1 {
            let files = ["build.sh", "Package.swift", "Workbench/Package.swift"]
            if files.allSatisfy({ FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }) {
                return folder.path
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
