import ArgumentParser
import FoundationEssentials
import Glibc

/// `traced-lambda package`: runs `build.sh package` from any folder.
struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Make a Lambda package of an executable product.",
        discussion: """
            Makes DIR/.build/lambda/PRODUCT/bootstrap, a static executable, and PRODUCT.zip beside it. The exit status is 0 \
            when they are there, 1 when they could not be made, 64 when the command line is wrong, 69 when something is \
            missing that could not be installed.
            """
    )

    @Argument(help: "An executable product of the package.")
    var product: String

    @Option(help: ArgumentHelp("The Swift package.", valueName: "dir"))
    var packagePath = "."

    func run() throws {
        guard let checkout = Checkout.folder else {
            throw Failure.because(
                "no checkout of the framework is near this program; it holds what packages",
                .unavailable
            )
        }
        let words = ["bash", "\(checkout)/build.sh", "package", product, "--package-path", packagePath]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        // Replaces this process, so that output, progress and exit status are those of the script.
        execvp("bash", &arguments)
        throw Failure.because("cannot run bash", .unavailable)
    }
}
