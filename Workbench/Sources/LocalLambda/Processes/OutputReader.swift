import Subprocess
import Synchronization

/// Consumes an output stream of a child process.
protocol OutputReader: Sendable {
    /// Reads the stream to its end.
    func read(_ stream: SubprocessOutputSequence) async
    /// Adds a line that the process itself did not write.
    func note(_ line: String)
}

/// Splits a stream into lines for a log.
struct LineReader: OutputReader {
    let logs: any LogSink

    func read(_ stream: SubprocessOutputSequence) async {
        var splitter = LineSplitter()
        do {
            for try await buffer in stream {
                let lines = buffer.withUnsafeBytes { splitter.lines(after: $0) }
                for line in lines { logs.write(line) }
            }
        } catch {
            note("(the output cannot be read: \(error))")
        }
        if let line = splitter.last() { logs.write(line) }
    }

    func note(_ line: String) { logs.write(Array(line.utf8)) }
}

/// Collects a stream in memory, up to a limit.
final class TextReader: OutputReader {
    private let limitBytes: Int
    private let kept = Mutex<[UInt8]>([])

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// The collected text.
    var text: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }

    func read(_ stream: SubprocessOutputSequence) async {
        do {
            for try await buffer in stream {
                let bytes = buffer.withUnsafeBytes { Array($0) }
                kept.withLock { $0 += bytes.prefix(max(limitBytes - $0.count, 0)) }
            }
        } catch {
            note("(the output cannot be read: \(error))")
        }
    }

    func note(_ line: String) { kept.withLock { $0 += Array(line.utf8) } }
}
