import ArgumentParser
import FoundationEssentials
import ProjectTemplates

/// `traced-lambda new`: creates a package from a template.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a package with a function, a test of it, and a template for SAM.",
        discussion: """
            The package is made in a folder NAME, which must not be there yet. It depends on the checkout of the framework \
            that this program was built in, unless an option says otherwise.

            Templates: session (invoked with a session id), api (behind a URL), queue (messages of SQS), streaming (behind a \
            URL, answers piece by piece).

            The exit status is 0 when the package is there, 1 when it could not be made, 64 when the command line is wrong.
            """
    )

    @Argument(help: "The function's name, for example order-worker.")
    var name: String

    @Option(help: ArgumentHelp("What the function is like.", valueName: "template"))
    var template = ProjectTemplate.session

    @Option(help: ArgumentHelp("A checkout of the framework to depend on.", valueName: "path"))
    var local: String?

    @Option(help: ArgumentHelp("A repository of the framework to depend on.", valueName: "url"))
    var url: String?

    func validate() throws {
        guard FunctionName(name) != nil else {
            throw ValidationError(
                "NAME must be letters, digits, '-' and '_', begin with a letter, and be no module's name."
            )
        }
        if local != nil, url != nil { throw ValidationError("Give --local or --url, not both.") }
    }

    func run() throws {
        guard let functionName = FunctionName(name) else { throw ExitCode.validationFailure }
        let folder = URL(filePath: name, relativeTo: Self.workingFolder).absoluteURL
        guard !FileManager.default.fileExists(atPath: folder.path) else {
            throw Failure.because("'\(name)' is there already", ExitCode.failure)
        }
        let files = template.files(name: functionName, framework: try framework())
        do {
            for file in files { try write(file, into: folder) }
        } catch {
            throw Failure.because("'\(name)' cannot be made: \(error)", ExitCode.failure)
        }
        TextFiles.writeOutput(
            """
            Made \(name): \(files.map(\.path).joined(separator: ", "))
            Next: cd \(name) && swift test && traced-lambda dev

            """
        )
    }

    private static var workingFolder: URL {
        URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    }

    private func framework() throws -> FrameworkSource {
        if let url { return .repository(url: url) }
        guard let path = local ?? Checkout.folder else {
            throw Failure.because(
                "no checkout of the framework is near this program: give --local or --url",
                .validationFailure
            )
        }
        let folder = URL(filePath: path, relativeTo: Self.workingFolder).absoluteURL.standardized.path
        guard FileManager.default.fileExists(atPath: "\(folder)/Package.swift") else {
            throw Failure.because("--local: there is no Package.swift in '\(path)'", .validationFailure)
        }
        return .checkout(path: folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder)
    }

    private func write(_ file: ProjectTemplate.File, into folder: URL) throws {
        let place = folder.appending(path: file.path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(file.text.utf8).write(to: place)
    }
}

extension ProjectTemplate: ExpressibleByArgument {}
