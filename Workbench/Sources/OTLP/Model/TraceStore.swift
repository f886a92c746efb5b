import Synchronization

/// Storage of the data that the collector receives.
package protocol TraceStore: Sendable {
    /// Stores an arrival.
    ///
    /// - Throws: An error when the arrival cannot be stored; its sender must then be told to retry. A store that drops
    ///   and counts data because it is full throws nothing.
    func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) async throws
}

/// Data that the collector received.
package enum TraceArrival: Sendable {
    /// The spans of one request.
    case spans([TraceSpan])
    /// The log records of one request.
    case logs([LogRecord])
    /// The number of data points of one request's metrics, by service; the points themselves are not kept.
    case metrics(pointCounts: [String: Int])
    /// The fields of a session, from its explicit start or from an enrichment.
    case sessionFields(id: String, JSONObject)
    /// An event that was sent over REST.
    case event(sessionID: String, JSONObject)
    /// The reason for which a request was rejected.
    case refusal(String)
}

/// The content of a trace store at one moment.
package struct TraceSnapshot: Sendable {
    /// The spans in order of arrival, each with the time of decoding its request, on the clock that also dates the function's
    /// response.
    package var spans: [(span: TraceSpan, receivedAt: ContinuousClock.Instant)] = []
    /// The sessions with fields or REST events, in order of arrival.
    package var sessions: [SessionRecord] = []
    /// The number of spans that were dropped because the store was full.
    package var droppedSpanCount: Int = 0
    /// The reasons for which requests were rejected.
    package var refusals: [String] = []
    /// The log records, in order of arrival.
    package var logs: [LogRecord] = []
    /// The number of log records that were dropped because the store was full.
    package var droppedLogCount = 0
    /// The number of the metrics' data points.
    package var metricPointCount = 0
}

/// In-memory trace store for one run.
package final class InMemoryTraceStore: TraceStore {
    /// The limit of spans; further ones are dropped and counted.
    package static let spanLimitCount = 50_000
    /// The limit of log records; further ones are dropped and counted.
    package static let logLimitCount = 50_000
    /// The limit of sessions; fields and events of further ones are ignored.
    static let sessionLimitCount = 1_000
    /// The limit of REST events per session; further ones are ignored.
    static let sessionEventLimitCount = 1_000
    /// The limit of refusals; further ones are ignored.
    package static let refusalLimitCount = 20

    private let state = Mutex(TraceSnapshot())

    /// Makes an empty store.
    package init() {}

    package func record(_ arrival: TraceArrival, at instant: ContinuousClock.Instant) {
        state.withLock { state in
            switch arrival {
            case .spans(let spans):
                let room = max(0, Self.spanLimitCount - state.spans.count)
                state.spans += spans.prefix(room).map { ($0, instant) }
                state.droppedSpanCount += max(0, spans.count - room)
            case .logs(let logs):
                let room = max(0, Self.logLimitCount - state.logs.count)
                state.logs += logs.prefix(room)
                state.droppedLogCount += max(0, logs.count - room)
            case .metrics(let pointCounts): state.metricPointCount += pointCounts.values.reduce(0, +)
            case .sessionFields(let id, let fields):
                state.changeSession(id) { $0.merge(fields) }
            case .event(let sessionID, let event):
                state.changeSession(sessionID) { $0.append(event, limitCount: Self.sessionEventLimitCount) }
            case .refusal(let reason):
                if state.refusals.count < Self.refusalLimitCount { state.refusals.append(reason) }
            }
        }
    }

    /// Copies the store's current content.
    ///
    /// - Returns: The copy; later arrivals do not change it.
    package func snapshot() -> TraceSnapshot {
        state.withLock { $0 }
    }
}

extension TraceSnapshot {
    fileprivate mutating func changeSession(_ id: String, _ change: (inout SessionRecord) -> Void) {
        if let index = sessions.firstIndex(where: { $0.id == id }) {
            change(&sessions[index])
        } else if sessions.count < InMemoryTraceStore.sessionLimitCount {
            var record = SessionRecord(id: id)
            change(&record)
            sessions.append(record)
        }
    }
}
