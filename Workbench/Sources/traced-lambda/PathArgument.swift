import ArgumentParser
import FoundationEssentials
import Glibc
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
    /// - Parameter option: The option's name, for the message.
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
    /// - Parameter option: The option's name, for the message.
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
    /// - Parameters:
    ///   - option: The option's name, for the message.
    ///   - remedy: The way out, for the message.
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
