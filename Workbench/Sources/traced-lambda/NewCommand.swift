import ArgumentParser
import FoundationEssentials
import Glibc
import SystemPackage

/// `traced-lambda new`: creates a package from a template.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a package with a function, a test of it, and a template for SAM.",
        discussion: """
            The package is made in a folder NAME, which must not be there yet. It depends on the checkout of the framework \
            that this program was built in, by its path; with --url on the releases from \(TracedLambdaVersion.current) of a \
            repository.

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
    var local: PathArgument?

    @Option(help: ArgumentHelp("A repository of the framework to depend on.", valueName: "url"))
    var url: String?

    func validate() throws {
        guard FunctionName(name) != nil else {
            throw ValidationError(
                "NAME must be letters, digits, '-' and '_', begin with a letter, and be no module's name."
            )
        }
        if local != nil, url != nil { throw ValidationError("Give --local or --url, not both.") }
        if let url, !Self.isRepository(url) {
            throw ValidationError(
                "--url: '\(url)' is not the URL of a repository; for a folder on this machine use --local."
            )
        }
    }

    func run() throws {
        try local?.requirePackage("--local", remedy: "name the folder of a checkout of TracedLambda")
        guard let functionName = FunctionName(name) else { throw ExitCode.validationFailure }
        let folder = PathArgument(name).path
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Failure.because("'\(folder)' is there already; choose another name, or remove it", ExitCode.failure)
        }
        let framework = try framework()
        let files = template.files(name: functionName, framework: framework)
        do {
            let destination = URL(filePath: folder, directoryHint: .isDirectory)
            for (path, text) in files { try write(text, to: destination.appending(path: path)) }
        } catch {
            throw Failure.because("'\(folder)' cannot be made: \(error)", ExitCode.failure)
        }
        TextFiles.writeOutput(
            """
            Made \(name): \(files.map(\.path).joined(separator: ", "))
            It depends on \(framework.text).
            Next: cd \(name) && swift test && traced-lambda dev

            """
        )
    }

    /// True for the forms that Git and SwiftPM accept: `scheme://…`, `user@host:path` and an absolute path.
    private static func isRepository(_ url: String) -> Bool {
        if url.hasPrefix("/") { return true }
        let isAddress = url.contains("://") || (url.contains("@") && url.contains(":"))
        return isAddress && !url.contains(where: \.isWhitespace)
    }

    private func framework() throws -> FrameworkSource {
        if let url {
            let end = url.lastIndex { $0 != "/" }.map { url.index(after: $0) } ?? url.endIndex
            return .repository(url: String(url[..<end]), version: TracedLambdaVersion.current)
        }
        guard let path = local?.path ?? Checkout.folder else {
            throw Failure.because(
                """
                this program was moved out of its checkout of TracedLambda; name a checkout with --local, or a repository \
                with --url
                """,
                .validationFailure
            )
        }
        // SwiftPM names a package by the last part of its path, which must not be '..'.
        guard let real = realpath(path, nil) else { throw Failure.because("'\(path)': \(Errno(rawValue: errno))") }
        defer { free(real) }
        return .checkout(path: String(cString: real))
    }

    private func write(_ text: String, to destination: URL) throws {
        try FileManager.default.createDirectory(
            at: destination.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: destination)
    }
}

extension FrameworkSource {
    /// The dependency for people.
    fileprivate var text: String {
        switch self {
        case .checkout(let path): "the checkout '\(path)' (--url URL for releases of a repository instead)"
        case .repository(let url, let version): "\(url), version \(version) or a later compatible one"
        }
    }
}

extension ProjectTemplate: ExpressibleByArgument {}
