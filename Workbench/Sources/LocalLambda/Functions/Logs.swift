import Synchronization

/// Receiver of a process's output lines.
package protocol LogSink: Sendable {
    /// Writes one line.
    ///
    /// - Parameter line: The line's bytes, without the terminator.
    func write(_ line: [UInt8])
}

/// The log of one invocation, of which the last part is kept.
final class InvocationLog: Sendable {
    /// The limit of the part that is kept, in bytes.
    static let limitBytes = 65_536

    private let kept: Mutex<[UInt8]>

    /// Creates a log that starts with a line of Lambda's own.
    init(_ line: String) {
        kept = Mutex(Array((line + "\n").utf8))
    }

    /// Returns the last bytes.
    func tail(upTo limitBytes: Int) -> [UInt8] { kept.withLock { Array($0.suffix(limitBytes)) } }

    func append(_ line: [UInt8]) {
        kept.withLock { kept in
            kept += line + [UInt8(ascii: "\n")]
            // Truncated rarely rather than at every line, to reduce copying.
            if kept.count > 2 * Self.limitBytes { kept = Array(kept.suffix(Self.limitBytes)) }
        }
    }
}

/// Forwards a function's log lines, and adds them to the log of the current invocation.
final class LogTail: LogSink {
    private let next: any LogSink
    private let current = Mutex<InvocationLog?>(nil)

    init(next: any LogSink) {
        self.next = next
    }

    /// Starts the log of the next invocation, with a line of Lambda's own.
    func begin(_ line: String) -> InvocationLog {
        let log = InvocationLog(line)
        current.withLock { $0 = log }
        return log
    }

    func write(_ line: [UInt8]) {
        next.write(line)
        current.withLock { $0 }?.append(line)
    }
}

/// Forwards a function's log lines, and keeps the warnings that explain why spans were not delivered.
final class DeliveryLog: LogSink {
    /// The number of warnings that are kept.
    static let lineLimitCount = 3
    /// The length limit of a warning, in characters.
    static let lineLimitCharacters = 1_000

    private static let levels = ["warn", "error", "critical"]
    private static let subjects = ["span", "flush", "tracing", "hh_", "otel_"]

    private let next: any LogSink
    private let kept = Mutex<[String]>([])

    init(next: any LogSink) {
        self.next = next
    }

    /// The first warnings.
    var warnings: [String] { kept.withLock { $0 } }

    func write(_ line: [UInt8]) {
        next.write(line)
        let text = String(decoding: line, as: UTF8.self)
        let lowercased = text.lowercased()
        guard Self.levels.contains(where: lowercased.contains), Self.subjects.contains(where: lowercased.contains)
        else {
            return
        }
        kept.withLock { kept in
            if kept.count < Self.lineLimitCount { kept.append(String(text.prefix(Self.lineLimitCharacters))) }
        }
    }
}

/// Splits a byte stream into lines.
package struct LineSplitter: Sendable {
    /// The limit of a line, in bytes; longer lines are split.
    package static let lineLimitBytes = 65_536

    private var rest: [UInt8] = []

    /// Processes further bytes.
    ///
    /// - Parameter bytes: The next bytes of the stream.
    /// - Returns: The lines that are now complete, without their terminators (LF or CR LF).
    package mutating func lines(after bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
                lines.append(rest)
                rest = []
            } else {
                rest.append(byte)
                if rest.count == Self.lineLimitBytes {
                    lines.append(rest)
                    rest = []
                }
            }
        }
        return lines
    }

    /// Returns the last line of the stream, if unterminated.
    ///
    /// - Returns: `nil` when the stream ended with a line terminator.
    package mutating func last() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
