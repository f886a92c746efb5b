import ArgumentParser
import Glibc
import LocalLambda
import Synchronization
import SystemPackage
import Traces

/// Reads files, and writes to the standard streams.
enum TextFiles {
    /// Writes to standard output.
    ///
    /// A closed pipe (`| head`) is not an error.
    static func writeOutput(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
    }

    /// Writes to standard error.
    static func writeError(_ bytes: [UInt8]) {
        _ = try? FileDescriptor.standardError.writeAll(bytes)
    }

    /// Reads a file, a pipe, or for `-` standard input.
    ///
    /// `limitBytes`: The size limit, in bytes; the rest is not read.
    /// Returns the bytes.
    static func read(_ file: PathArgument, limitBytes: Int) throws(InputFileError) -> [UInt8] {
        do {
            if file.isStandardInput { return try read(.standardInput, limitBytes: limitBytes) }
            let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
            return try descriptor.closeAfter { try read(descriptor, limitBytes: limitBytes) }
        } catch {
            let name = file.isStandardInput ? "standard input" : "'\(file.path)'"
            throw InputFileError(description: "cannot read \(name): \(error)")
        }
    }

    private static func read(_ file: FileDescriptor, limitBytes: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limitBytes {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            bytes += chunk.prefix(min(count, limitBytes - bytes.count))
        }
        return bytes
    }
}

/// The reason why an input file cannot be read, with its full path.
struct InputFileError: Error, CustomStringConvertible {
    let description: String
}

/// Reports an error that ends a command.
enum Failure {
    /// Writes an error message and returns the exit status.
    ///
    /// `message`: The error message, for people.
    static func because(_ message: String, _ code: ExitCode = .failure) -> ExitCode {
        TextFiles.writeError(Array("Error: \(message)\n".utf8))
        return code
    }
}

/// The properties of the terminal behind the standard streams.
struct TerminalSettings: Sendable {
    private static let defaultWidthColumns = 120
    /// The minimum width of a tree, in columns.
    private static let leastWidthColumns = 40

    /// The width at which lines are cut, in columns; `Int.max` when the output is no terminal.
    let widthColumns: Int
    let outputUsesColour: Bool
    let errorUsesColour: Bool
    let errorIsTerminal: Bool

    /// Reads the properties.
    ///
    /// - Parameter environment: The caller's environment; a non-empty `NO_COLOR` (https://no-color.org) disables
    ///   colours.
    init(environment: [String: String]) {
        let isColourful = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let outputIsTerminal = isatty(STDOUT_FILENO) == 1
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        outputUsesColour = outputIsTerminal && isColourful
        errorUsesColour = errorIsTerminal && isColourful
        var size = winsize()
        let isKnown = outputIsTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        // A program that reads the output gets whole lines.
        let given = isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init)
        let width = outputIsTerminal ? given ?? Self.defaultWidthColumns : Int.max
        widthColumns = max(width, Self.leastWidthColumns)
    }
}

extension TerminalSettings {
    /// A function's text for standard output: in a terminal, what could control it is escaped; a file or a program gets
    /// the text as it is.
    static func shown(_ text: String) -> String {
        guard isatty(STDOUT_FILENO) == 1 else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { TerminalText.escaped(String($0), limitScalars: .max) }.joined(separator: "\n")
    }
}

/// Prints a function's output to standard error, each line after the function's name.
final class LogPrinter: LogSink {
    private let lock = Mutex(())
    private let prefix: [UInt8]
    private let isTerminal: Bool

    init(functionName: String, terminal: TerminalSettings) {
        let label = "\(functionName) │ "
        prefix = Array((terminal.errorUsesColour ? "\u{1B}[2m\(label)\u{1B}[0m" : label).utf8)
        isTerminal = terminal.errorIsTerminal
    }

    func write(_ line: [UInt8]) {
        // A terminal gets escaped text, because a function may log untrusted data; a file gets the original bytes.
        let shown = isTerminal ? Array(printable(line).utf8) : line
        lock.withLock { _ in TextFiles.writeError(prefix + shown + [UInt8(ascii: "\n")]) }
    }

    private func printable(_ line: [UInt8]) -> String {
        let text = String(decoding: line, as: UTF8.self).replacing("\t", with: "    ")
        return TerminalText.escaped(text, limitScalars: LineSplitter.lineLimitBytes)
    }
}

/// Prints SwiftPM's output to standard error: errors and warnings as lines, progress on one line that is overwritten,
/// and only in a terminal.
final class BuildPrinter: LogSink {
    private let terminal: TerminalSettings
    private let hasProgressLine = Mutex(false)

    init(terminal: TerminalSettings) {
        self.terminal = terminal
    }

    func write(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        let isProgress = Self.isProgress(text)
        guard !isProgress || terminal.errorIsTerminal else { return }
        let shown = terminal.errorIsTerminal ? TerminalText.escaped(text, limitScalars: 4_096) : text
        hasProgressLine.withLock { hasProgressLine in
            let start = hasProgressLine ? "\r\u{1B}[K" : ""
            let cut = isProgress ? String(shown.prefix(max(terminal.widthColumns - 1, 1))) : shown + "\n"
            TextFiles.writeError(Array((start + cut).utf8))
            hasProgressLine = isProgress
        }
    }

    /// Recognises progress lines: `[12/34] Compiling …`.
    static func isProgress(_ line: String) -> Bool {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else {
            return line.hasPrefix("Building for ") || line.hasPrefix("Planning build")
        }
        return line[..<end].dropFirst().allSatisfy { $0.isNumber || $0 == "/" }
    }
}
