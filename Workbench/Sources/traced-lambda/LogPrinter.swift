import LocalLambda
import Synchronization
import Traces

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
