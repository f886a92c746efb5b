import Synchronization

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
