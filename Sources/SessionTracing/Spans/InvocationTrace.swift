internal import Synchronization

/// The trace of one invocation, shared by the tracers of all its scopes: root span, open spans, session updates,
/// recorder and clock.
final class InvocationTrace: Sendable {
    /// The invocation's request id, assigned by Lambda.
    let requestID: String
    let policy: TracingPolicy
    /// Nil if tracing is disabled.
    let recorder: (any SpanRecorder)?
    let ids: IDGenerator
    /// The invocation's deadline for the journal; nil if unknown.
    let deadlineUnixNanoseconds: UInt64?
    let flushHandler: @Sendable () async -> FlushReport
    private let anchor: TraceClock.Anchor
    private let state = Mutex(State())

    private struct State {
        /// Nil before and after the invocation.
        var root: TracedSpan?
        var openSpans = OpenSpans()
        var enrichments: [SessionID: SessionEnrichment] = [:]
        /// True if the root span was ended before its handler, which still runs.
        var hasFailedOpenSpans = false
    }

    /// The maximum number of open spans that are tracked; further ones are not delivered if they are open when the
    /// invocation ends.
    private static let maximumOpenSpanCount = 100_000
    /// The maximum number of sessions that one invocation can enrich; a batch has at most one per record.
    private static let maximumEnrichedSessionCount = 10_000

    init(
        requestID: String,
        policy: TracingPolicy,
        recorder: (any SpanRecorder)?,
        deadlineUnixMilliseconds: UInt64?,
        clock: TraceClock,
        ids: IDGenerator,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) {
        self.requestID = requestID
        self.policy = policy
        self.recorder = recorder
        self.ids = ids
        deadlineUnixNanoseconds = deadlineUnixMilliseconds.map { $0 &* 1_000_000 }
        self.flushHandler = flushHandler
        anchor = TraceClock.Anchor(clock)
    }

    /// The current time, in nanoseconds since the Unix epoch.
    func now() -> UInt64 { anchor.unixNanoseconds() }

    // MARK: Sessions

    func updateEnrichment(of session: SessionID, _ update: (inout SessionEnrichment) -> Void) {
        state.withLock { state in
            guard
                state.enrichments[session] != nil || state.enrichments.count < Self.maximumEnrichedSessionCount
            else { return }
            update(&state.enrichments[session, default: SessionEnrichment()])
        }
    }

    /// Removes and returns the invocation's session updates, one request per session.
    func takeSessionRequests() -> [SessionRequest] {
        let enrichments = state.withLock { state in
            defer { state.enrichments = [:] }
            return state.enrichments
        }
        return enrichments.sorted { $0.key.description < $1.key.description }.map { $1.request(for: $0) }
    }

    // MARK: Spans

    /// The root span while the invocation runs, otherwise nil.
    var root: TracedSpan? { state.withLock { $0.root } }

    func begin(with root: TracedSpan) {
        state.withLock { $0.root = root }
    }

    /// Adds an open span.
    ///
    /// - Parameter span: The span, which is not the root.
    /// - Returns: The span's slot; nil after the invocation, when such a span is delivered only if it ends.
    func track(_ span: TracedSpan) -> Int? {
        state.withLock { state in
            guard state.root != nil, state.openSpans.count < Self.maximumOpenSpanCount else { return nil }
            return state.openSpans.insert(span)
        }
    }

    func untrack(_ span: TracedSpan, in slot: Int) {
        state.withLock { $0.openSpans.remove(span, from: slot) }
    }

    /// Ends the root span and, before it, all spans still open: those of tasks that outlive the handler.
    ///
    /// The latter are marked as unfinished and delivered with this invocation; the root span contains their count.
    func end() {
        let (root, openSpans, hasFailedOpenSpans) = state.withLock { state in
            defer {
                state.root = nil
                state.openSpans = OpenSpans()
            }
            return (state.root, state.openSpans.inOrder, state.hasFailedOpenSpans)
        }
        for span in openSpans {
            span.setAttribute(HoneyHiveField.unfinished, to: true)
            span.end()
        }
        if let root, hasFailedOpenSpans { root.tracer.recordLateEnd(of: root) }
        if !openSpans.isEmpty { root?.enrich(metadata: ["unfinished_spans": .int(openSpans.count)]) }
        root?.end()
    }

    /// Ends every open span, including the root, as failed while the handler still runs.
    func failOpenSpans(type: String, message: String) {
        let (root, openSpans) = state.withLock { state in
            defer {
                state.openSpans = OpenSpans()
                state.hasFailedOpenSpans = true
            }
            return (state.root, state.openSpans.inOrder)
        }
        for span in openSpans + (root.map { [$0] } ?? []) {
            span.setAttribute("error.type", to: .string(type))
            span.enrich(error: "\(type): \(message)")
            span.end()
        }
    }
}

/// The open spans of an invocation, except the root.
///
/// Each span stores its slot, so that neither a start nor an end needs a search.
private struct OpenSpans {
    private var slots: [TracedSpan?] = []
    private var freeSlots: [Int] = []

    var count: Int { slots.count - freeSlots.count }

    /// Adds a span.
    ///
    /// - Parameter span: The span.
    /// - Returns: The span's slot, used to remove it.
    mutating func insert(_ span: TracedSpan) -> Int {
        guard let slot = freeSlots.popLast() else {
            slots.append(span)
            return slots.count - 1
        }
        slots[slot] = span
        return slot
    }

    /// Removes a span; does nothing if it was removed before.
    mutating func remove(_ span: TracedSpan, from slot: Int) {
        guard slots.indices.contains(slot), slots[slot] === span else { return }
        slots[slot] = nil
        freeSlots.append(slot)
    }

    /// All open spans in a deterministic order.
    var inOrder: [TracedSpan] { slots.compactMap(\.self).sorted { $0.id.value < $1.id.value } }
}
