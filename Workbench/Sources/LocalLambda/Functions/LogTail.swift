import Synchronization

/// Forwards a function's log lines, and keeps the tail of one invocation's log.
final class LogTail: LogSink {
    private let next: any LogSink
    private let kept = Mutex<[UInt8]>([])

    init(next: any LogSink) {
        self.next = next
    }

    /// The tail of the log.
    var bytes: [UInt8] { kept.withLock { Array($0.suffix(InvokeLimits.logTailBytes)) } }

    /// Clears the tail and starts it with a line of Lambda's own.
    func begin(_ line: String) {
        kept.withLock { $0 = Array((line + "\n").utf8) }
    }

    /// Adds a line of Lambda's own to the tail without forwarding it.
    func keep(_ line: String) {
        append(Array(line.utf8))
    }

    func write(_ line: [UInt8]) {
        next.write(line)
        append(line)
    }

    private func append(_ line: [UInt8]) {
        kept.withLock { kept in
            kept += line + [UInt8(ascii: "\n")]
            // Truncated rarely rather than at every line, to reduce copying.
            if kept.count > 4 * InvokeLimits.logTailBytes { kept = Array(kept.suffix(InvokeLimits.logTailBytes)) }
        }
    }
}
