import SessionTracing
import Synchronization
import Testing

/// A recorder that stores ended spans in the order of their ends.
final class SpanList: SpanRecorder {
    private let spans = Mutex<[SpanRecord]>([])
    private let lateRequests = Mutex<[SessionRequest]>([])
    let unrecorded: UnrecordedCounter? = UnrecordedCounter()

    func append(_ span: SpanRecord) {
        spans.withLock { $0.append(span) }
    }

    func append(_ request: SessionRequest) {
        lateRequests.withLock { $0.append(request) }
    }

    /// The session updates made after their invocation.
    var requests: [SessionRequest] { lateRequests.withLock { $0 } }

    var all: [SpanRecord] { spans.withLock { $0 } }

    /// Returns the only span with a name.
    func only(
        _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> SpanRecord {
        let found = all.filter { $0.name == name }
        try #require(found.count == 1, "\(found.count) spans are named \(name)", sourceLocation: sourceLocation)
        return found[0]
    }
}

extension SpanRecord {
    /// The exception events as `type: message`.
    var exceptions: [String] {
        events.filter { $0.name == "exception" }.map { event in
            "\(event.text("exception.type")): \(event.text("exception.message"))"
        }
    }
}

extension SpanRecord.Event {
    fileprivate func text(_ key: String) -> String {
        guard case .string(let text) = attributes[key] else { return "" }
        return text
    }
}
