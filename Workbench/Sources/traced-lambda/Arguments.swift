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
    init(_ typed: String) { self.typed = typed }

    /// The absolute path, without `.` and without a slash at the end.
    ///
    /// `..` is left to the system: after a symbolic link it is not the folder that the text names. Not stored:
    /// ArgumentParser makes the default value of an option many times before it parses one.
    var path: String {
        let given = FilePath(typed)
        var path = given.isAbsolute ? given : FilePath(FileManager.default.currentDirectoryPath).pushing(given)
        path.components.removeAll { $0.kind == .currentDirectory }
        return path.string
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

/// A variable on the command line: `NAME=VALUE`, or `NAME` for the value of the caller's own variable, which then stands
/// in no process list.
struct EnvironmentVariable: ExpressibleByArgument {
    let name: String
    /// The value; `nil` for the caller's own.
    let value: String?

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.name = String(name)
        self.value = parts.count == 2 ? String(parts[1]) : nil
    }

    init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Finds the values of variables; of a repeated name, the last counts.
    ///
    /// - Throws: The exit status of a wrong command line when a variable is not set.
    static func values(of variables: [EnvironmentVariable], _ option: String) throws -> [String: String] {
        let own = ProcessInfo.processInfo.environment
        var values: [String: String] = [:]
        for variable in variables {
            guard let value = variable.value ?? own[variable.name] else {
                throw Failure.because(
                    "\(option) \(variable.name): the variable is not set; set it, or write \(option) \(variable.name)=VALUE",
                    .validationFailure
                )
            }
            values[variable.name] = value
        }
        return values
    }
}

/// Reads a file of variables, as shells and Docker do: a `NAME=VALUE` on each line, `#` for comments, quotes around a
/// value.
enum EnvironmentFile {
    /// The limit of a file, in bytes.
    static let limitBytes = 1_024 * 1_024

    /// Parses a text.
    ///
    /// - Throws: ``InputFileError`` with the number of the line.
    static func parse(_ text: String) throws(InputFileError) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
            .enumerated()
        {
            var line = raw.drop { $0.isWhitespace }
            if line.isEmpty || line.first == "#" { continue }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop { $0 == " " } }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex,
                !line[..<equals].contains(where: \.isWhitespace)
            else { throw InputFileError(description: "line \(index + 1) is no NAME=VALUE") }
            let value = try value(line[line.index(after: equals)...], line: index + 1)
            variables.append(EnvironmentVariable(name: String(line[..<equals]), value: value))
        }
        return variables
    }

    private static func value(_ text: Substring, line: Int) throws(InputFileError) -> String {
        let text = text.drop { $0 == " " }
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            let end = text.indices.first {
                text[$0] == "#" && $0 > text.startIndex && text[text.index(before: $0)].isWhitespace
            }
            var value = text[..<(end ?? text.endIndex)]
            while value.last?.isWhitespace == true { value.removeLast() }
            return String(value)
        }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote { return value }
            guard character == "\\", quote == "\"", let next = rest.popFirst() else {
                value.append(character)
                continue
            }
            value.append(next == "n" ? "\n" : next == "t" ? "\t" : next)
        }
        throw InputFileError(description: "line \(line): the quote has no end")
    }
}

/// An executable to serve as a function, on the command line: `NAME=PATH`.
struct BootstrapArgument: ExpressibleByArgument, Sendable {
    let name: String
    let file: PathArgument

    init?(argument: String) {
        guard let variable = EnvironmentVariable(argument: argument),
            let file = variable.value.flatMap(PathArgument.init(argument:))
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
