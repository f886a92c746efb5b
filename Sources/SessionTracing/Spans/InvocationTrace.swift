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
    /// The time before the deadline that calls of other services leave for the flush.
    let deadlineMargin: Duration
    let flushHandler: @Sendable () async -> FlushReport
    /// The spans that wait for the process's first invocation; nil in the trace of an invocation.
    let initSpans: InitSpans?
    /// Nil if tracing is disabled, or in a test without a process.
    private let registry: InvocationRegistry?
    private let anchor: TraceClock.Anchor
    private let state = Mutex(State())

    private struct State {
        /// Nil before and after the invocation.
        var root: TracedSpan?
        /// The id of the root span, also after the invocation.
        var rootID: SpanID?
        var openSpans = OpenSpans()
        var enrichments: [SessionID: SessionEnrichment] = [:]
        /// True after the invocation, when further session updates are sent one by one.
        var hasTakenEnrichments = false
        /// True if the root span was ended before its handler, which still runs.
        var hasFailedOpenSpans = false
        var isKept: Bool?
    }

    /// The maximum number of open spans that are tracked; further ones that are open when the invocation ends are
    /// counted, and delivered only if they end.
    static let maximumOpenSpanCount = 100_000
    /// The maximum number of sessions that one invocation can enrich; a batch has at most one per record.
    static let maximumEnrichedSessionCount = 10_000

    init(
        requestID: String,
        policy: TracingPolicy,
        recorder: (any SpanRecorder)?,
        deadlineUnixMilliseconds: UInt64?,
        deadlineMargin: Duration = .zero,
        clock: TraceClock,
        ids: IDGenerator,
        registry: InvocationRegistry? = nil,
        initSpans: InitSpans? = nil,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) {
        self.requestID = requestID
        self.policy = policy
        self.recorder = recorder
        self.ids = ids
        deadlineUnixNanoseconds = deadlineUnixMilliseconds.map { $0 &* 1_000_000 }
        self.deadlineMargin = deadlineMargin
        self.flushHandler = flushHandler
        self.registry = registry
        self.initSpans = initSpans
        anchor = TraceClock.Anchor(clock)
    }

    /// The current time, in nanoseconds since the Unix epoch.
    func now() -> UInt64 {
        // A sandbox may be frozen between the init and the first invocation, whose clock is then the right one.
        if let initSpans, let adopter = initSpans.adopter { return adopter.now() }
        return anchor.unixNanoseconds()
    }

    /// The invocation's remaining time less the margin, never negative; nil without a deadline.
    var remainingCallTime: Duration? {
        guard let deadline = deadlineUnixNanoseconds else { return nil }
        let now = now()
        return now < deadline ? max(.zero, .nanoseconds(deadline - now) - deadlineMargin) : .zero
    }

    /// Counts a span or a session update that is not recorded; does nothing if tracing is disabled.
    func count(_ cause: UnrecordedCause, by number: Int = 1) {
        (recorder?.unrecorded ?? initSpans?.unrecorded)?.count(cause, by: number)
    }

    // MARK: Sessions

    /// Reports what the caller of a part of the invocation should change.
    func report(_ problem: String) { registry?.report(problem) }

    /// Changes the updates of a session; after the invocation, the next flush sends the change by itself.
    func updateEnrichment(of session: SessionID, _ update: (inout SessionEnrichment) -> Void) {
        let lateEnrichment: SessionEnrichment? = state.withLock { state in
            if state.hasTakenEnrichments {
                guard state.isKept != false else {
                    count(.sessionUpdateNotKept)
                    return nil
                }
                var enrichment = SessionEnrichment()
                update(&enrichment)
                return enrichment
            }
            if state.enrichments[session] != nil || state.enrichments.count < Self.maximumEnrichedSessionCount {
                update(&state.enrichments[session, default: SessionEnrichment()])
            } else {
                count(.enrichedSessionLimit)
            }
            return nil
        }
        if let lateEnrichment { recorder?.append(lateEnrichment.request(for: session)) }
    }

    /// Removes and returns the invocation's session updates, one request per session.
    func takeSessionRequests() -> [SessionRequest] {
        let enrichments = state.withLock { state in
            state.hasTakenEnrichments = state.root == nil && state.rootID != nil
            defer { state.enrichments = [:] }
            return state.enrichments
        }
        return enrichments.sorted { $0.key.description < $1.key.description }.map { $1.request(for: $0) }
    }

    // MARK: Spans

    /// The root span while the invocation runs, otherwise nil.
    var root: TracedSpan? { state.withLock { $0.root } }

    /// The id of the root span, also after the invocation.
    var rootID: SpanID? { state.withLock { $0.rootID } }

    func begin(with root: TracedSpan) {
        state.withLock { state in
            state.root = root
            state.rootID = root.id
        }
        registry?.begin(root.tracer)
    }

    /// Adds an open span.
    ///
    /// - Parameter span: The span, which is not the root.
    /// - Returns: The span's slot; nil after the invocation, when such a span is delivered only if it ends.
    func track(_ span: TracedSpan) -> Int? {
        state.withLock { state in
            guard state.root != nil else { return nil }
            return state.openSpans.insert(span, atMost: Self.maximumOpenSpanCount)
        }
    }

    /// Removes an open span, and returns ``isKept``.
    func untrack(_ span: TracedSpan, in slot: Int) -> Bool? {
        state.withLock { state in
            state.openSpans.remove(span, from: slot)
            return state.isKept
        }
    }

    /// The decision about the ended invocation's spans by ``TracingPolicy/keep``; nil if there is none yet.
    var isKept: Bool? { state.withLock { $0.isKept } }

    /// Sets the decision, which also counts for spans and session updates that follow.
    func decide(isKept: Bool) { state.withLock { $0.isKept = isKept } }

    /// Ends the root span and, before it, all spans still open: those of tasks that outlive the handler.
    ///
    /// The latter are marked as unfinished and delivered with this invocation; the root span contains their count.
    func end() {
        let (root, openSpans, excessCount, hasFailedOpenSpans) = state.withLock { state in
            defer {
                state.root = nil
                state.openSpans = OpenSpans()
            }
            return (state.root, state.openSpans.inOrder, state.openSpans.excessCount, state.hasFailedOpenSpans)
        }
        registry?.end(self)
        count(.openSpanLimit, by: excessCount)
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
        let (root, openSpans, excessCount) = state.withLock { state in
            defer {
                state.openSpans = OpenSpans()
                state.hasFailedOpenSpans = true
            }
            return (state.root, state.openSpans.inOrder, state.openSpans.excessCount)
        }
        count(.openSpanLimit, by: excessCount)
        for span in openSpans + (root.map { [$0] } ?? []) {
            span.recordErrorType(type)
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
    /// The number of open spans over the limit, which have no slot of their own.
    private(set) var excessCount = 0

    /// The slot of spans over the limit.
    private static let excessSlot = -1

    private var count: Int { slots.count - freeSlots.count }

    /// Adds a span.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - maximum: The maximum number of spans with a slot of their own.
    /// - Returns: The span's slot, used to remove it.
    mutating func insert(_ span: TracedSpan, atMost maximum: Int) -> Int {
        guard count < maximum else {
            excessCount += 1
            return Self.excessSlot
        }
        guard let slot = freeSlots.popLast() else {
            slots.append(span)
            return slots.count - 1
        }
        slots[slot] = span
        return slot
    }

    /// Removes a span; does nothing if it was removed before.
    mutating func remove(_ span: TracedSpan, from slot: Int) {
        if slot == Self.excessSlot { excessCount = max(0, excessCount - 1) }
        guard slots.indices.contains(slot), slots[slot] === span else { return }
        slots[slot] = nil
        freeSlots.append(slot)
    }

    /// All open spans in a deterministic order.
    var inOrder: [TracedSpan] { slots.compactMap(\.self).sorted { $0.id.value < $1.id.value } }
}
