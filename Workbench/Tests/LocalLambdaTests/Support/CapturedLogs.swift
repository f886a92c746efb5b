@testable import LocalLambda

/// Log sink that keeps a function's lines in memory.
final class CapturedLogs: LogSink {
    private let condition = AsyncCondition<[String]>([])

    var lines: [String] { condition.state }

    func write(_ line: [UInt8]) {
        condition.change { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    /// Waits for a line with a given prefix.
    func wait(forLineThatBegins prefix: String) async {
        await condition.wait { $0.contains { $0.hasPrefix(prefix) } }
    }
}
