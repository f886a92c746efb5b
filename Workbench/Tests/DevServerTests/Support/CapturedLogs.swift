import DevServer
import RuntimeAPI

/// Log sink that keeps a function's lines in memory.
final class CapturedLogs: LogSink {
    private let gate = Gate<[String]>([])

    var lines: [String] { gate.state }

    func write(_ line: [UInt8]) {
        gate.change { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    /// Waits for a line with a given prefix.
    func wait(forLineThatBegins prefix: String) async {
        await gate.wait { $0.contains { $0.hasPrefix(prefix) } }
    }
}
