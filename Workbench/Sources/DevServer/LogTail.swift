import InvokeAPI
import Synchronization

/// Hands a function's lines on, and keeps the end of those of one event.
final class LogTail: LogSink {
    private let next: any LogSink
    private let kept = Mutex<[UInt8]>([])

    init(next: any LogSink) {
        self.next = next
    }

    /// The end of what was kept.
    var bytes: [UInt8] { kept.withLock { Array($0.suffix(InvokeLimits.logTailBytes)) } }

    /// Forgets what was kept, and begins with a line of Lambda's own.
    func begin(_ line: String) {
        kept.withLock { $0 = Array((line + "\n").utf8) }
    }

    /// Keeps a line of Lambda's own, which nobody else sees.
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
            // Cut now and then, not at each line.
            if kept.count > 4 * InvokeLimits.logTailBytes { kept = Array(kept.suffix(InvokeLimits.logTailBytes)) }
        }
    }
}
