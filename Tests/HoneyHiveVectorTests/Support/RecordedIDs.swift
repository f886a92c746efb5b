import SessionTracing
import Synchronization
import Testing

/// The ids of a recorded span, for the first span made with their generator.
struct RecordedIDs {
    let trace: TraceID
    let span: SpanID

    init(_ span: JSON) throws {
        let ids = (trace: span["traceId"]?.text, span: span["spanId"]?.text)
        trace = try #require(TraceID(ids.trace ?? ""))
        self.span = try #require(SpanID(ids.span ?? ""))
    }

    var generator: IDGenerator { .sequence([trace.high, trace.low, span.value]) }
}

extension IDGenerator {
    /// Generates these ids, then arbitrary ones.
    static func sequence(_ ids: [UInt64]) -> IDGenerator {
        let rest = ReplayIDs(ids)
        return IDGenerator { rest.next() }
    }
}

private final class ReplayIDs: Sendable {
    private let rest: Mutex<[UInt64]>

    init(_ ids: [UInt64]) {
        rest = Mutex(ids)
    }

    func next() -> UInt64 {
        rest.withLock { $0.isEmpty ? .random(in: 1 ... .max) : $0.removeFirst() }
    }
}
