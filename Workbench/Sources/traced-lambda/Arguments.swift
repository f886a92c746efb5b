import ArgumentParser
import FoundationEssentials
import Glibc
import LocalLambda
import SystemPackage

/// A path on the command line, made absolute against the current folder.
///
/// Every option that takes a path has this type, so that relative paths, `.`, a slash at the end, spaces and symbolic links
/// mean the same for all options.
struct PathArgument: ExpressibleByArgument, Sendable, Hashable {
    /// The path as it was typed.
    let typed: String
    /// The absolute path, without `.` and without a slash at the end.
    ///
    /// `..` is left to the system: after a symbolic link it is not the folder that the text names.
    let path: String

    init(_ typed: String) {
        self.typed = typed
        let given = FilePath(typed)
        var path = given.isAbsolute ? given : FilePath(FileManager.default.currentDirectoryPath).pushing(given)
        path.components.removeAll { $0.kind == .currentDirectory }
        self.path = path.string
    }

    /// Accepts any text except an empty one.
    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self.init(argument)
    }

    var defaultValueDescription: String { typed }

    static var defaultCompletionKind: CompletionKind { .file() }

    /// True for `-`, which stands for standard input.
    var isStandardInput: Bool { typed == "-" }

    /// The path of an entry of this folder.
    func appending(_ name: String) -> String { FilePath(path).appending(name).string }

    /// Requires a regular file, or a pipe or device that can be read like one.
    ///
    /// - Throws: The exit status of a wrong command line, after a message with the full path.
    func requireFile(_ option: String) throws {
        switch kind {
        case .file: return
        case .folder: throw Self.wrong("\(option): '\(path)' is a folder; name a file in it")
        case .none(let reason): throw Self.wrong("\(option): \(reason)")
        }
    }

    /// Requires a file that can be started.
    ///
    /// - Throws: The exit status of a wrong command line, after a message with the full path.
    func requireExecutable(_ option: String) throws {
        switch kind {
        case .file where access(path, X_OK) == 0: return
        case .file:
            throw Self.wrong("\(option): '\(path)' is not executable; make it so with chmod +x, or name another file")
        case .folder: throw Self.wrong("\(option): '\(path)' is a folder; name the executable in it")
        case .none(let reason): throw Self.wrong("\(option): \(reason)")
        }
    }

    /// Requires a folder with a Swift package.
    ///
    /// - Throws: The exit status of a wrong command line, after a message with the full path.
    func requirePackage(_ option: String, remedy: String = Self.packageRemedy) throws {
        guard !FileManager.default.fileExists(atPath: appending("Package.swift")) else { return }
        let detail =
            switch kind {
            case .file: ", which is a file"
            case .folder: ""
            case .none: ", which does not exist"
            }
        throw Self.wrong("\(option): there is no Package.swift in '\(path)'\(detail); \(remedy)")
    }

    static let packageRemedy =
        "go to the package's folder or name it with --package-path, or make a package with 'traced-lambda new NAME'"

    /// The kind of the file that the path names.
    private enum Kind {
        case file
        case folder
        case none(reason: String)
    }

    private var kind: Kind {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            let isMissing = [ENOENT, ENOTDIR].contains(code)
            return .none(reason: isMissing ? "there is no '\(path)'" : "'\(path)': \(Errno(rawValue: code))")
        }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    private static func wrong(_ message: String) -> ExitCode { Failure.because(message, .validationFailure) }
}

/// JSON on the command line: the text itself, `@FILE`, or `@-` and `-` for standard input.
struct JSONArgument: ExpressibleByArgument, Sendable {
    private let text: String

    init(argument: String) {
        self.text = argument
    }

    var defaultValueDescription: String { text }

    /// Reads the JSON text.
    ///
    /// `limitBytes`: The size limit, in bytes; the rest is not read.
    /// Returns the bytes, which need not be JSON.
    func read(limitBytes: Int) throws(InputFileError) -> [UInt8] {
        if text == "-" { return try TextFiles.read(PathArgument(text), limitBytes: limitBytes) }
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        guard let file = PathArgument(argument: String(text.dropFirst())) else {
            throw InputFileError(description: "'@' needs a file, as in @event.json, or @- for standard input")
        }
        return try TextFiles.read(file, limitBytes: limitBytes)
    }
}

/// A variable on the command line: `NAME=VALUE`.
struct EnvironmentVariable: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        self.name = String(argument[..<equals])
        self.value = String(argument[argument.index(after: equals)...])
    }
}

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

/// The port of the local Lambda.
enum LocalPort {
    /// The default port.
    static let standard = 9_000
    /// The allowed ports.
    static let range = 0...65_535
}
