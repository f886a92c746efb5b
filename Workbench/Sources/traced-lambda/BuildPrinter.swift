import LocalLambda
import Synchronization
import Traces

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
