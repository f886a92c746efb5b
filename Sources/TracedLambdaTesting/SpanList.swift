internal import SessionTracing
internal import Synchronization

/// A recorder that stores ended spans in a list.
final class SpanList: SpanRecorder {
    private struct State {
        var spans: [SpanRecord] = []
        var flushCount = 0
    }

    private let state = Mutex(State())

    func append(_ span: SpanRecord) {
        state.withLock { $0.spans.append(span) }
    }

    func recordFlush() {
        state.withLock { $0.flushCount += 1 }
    }

    var spans: [SpanRecord] { state.withLock { $0.spans } }
    var flushCount: Int { state.withLock { $0.flushCount } }
}
