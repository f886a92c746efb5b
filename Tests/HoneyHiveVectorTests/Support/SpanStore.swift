import SessionTracing
import Synchronization

/// A recorder that stores ended spans.
final class SpanStore: SpanRecorder {
    private let state = Mutex<[SpanRecord]>([])

    func append(_ span: SpanRecord) {
        state.withLock { $0.append(span) }
    }

    var spans: [SpanRecord] { state.withLock { $0 } }
}
