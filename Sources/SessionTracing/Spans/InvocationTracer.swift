internal import Tracing
internal import Synchronization

/// Makes the spans of one invocation, all in its session.
///
/// Spans nest by task-local context: a span that is started in a child task, an `async let` or a task group belongs to the span
/// around it. Where there is no such context, as in `Task.detached`, spans made here belong to the invocation's root span.
public final class InvocationTracer: Sendable {
    /// The session that all spans of this tracer are in.
    public let session: Session
    /// The trace that they are in: the caller's when it sent one, else a new one.
    public let traceID: TraceID
    /// Whether spans are delivered.
    ///
    /// A caller that does not record its trace asks the function not to, either.
    public let isSampled: Bool
    /// The invocation's request id, as Lambda gives it.
    public let requestID: String
    /// The invocation's own tracer, when this one is of a scope within it.
    private let base: InvocationTracer?
    /// The caller that a scope was given, for spans that have none around them.
    private let remoteParent: TraceContext?
    package let traceState: String?
    package let baggage: Baggage
    package let policy: TracingPolicy
    private let recorder: (any SpanRecorder)?
    private let anchor: TraceClock.Anchor
    private let ids: IDGenerator
    private let sessionAttributes: AttributeList
    /// Nil when starts are not to be noted.
    private let journalScope: JournalScope?
    private let state = Mutex(State())
    private let flushHandler: @Sendable () async -> FlushReport

    private struct State {
        /// Nil before and after the invocation.
        var root: TracedSpan?
        var openSpans = OpenSpans()
        var enrichments: [SessionID: SessionEnrichment] = [:]
        /// Whether the root span has been ended for its handler, which goes on.
        var wasCutShort = false
    }

    /// Open spans beyond this count are not looked after: when the invocation ends they are not delivered.
    private static let maximumOpenSpanCount = 100_000
    /// Sessions that one invocation can add to; a batch has one for each record at most.
    private static let maximumEnrichedSessionCount = 10_000

    /// Makes the tracer of an invocation.
    ///
    /// - Parameters:
    ///   - requestID: The invocation's id, as Lambda gives it.
    ///   - session: The invocation's session.
    ///   - parent: The caller's span, or nil to start a trace.
    ///   - baggage: The caller's, handed on to whom this invocation calls.
    ///   - policy: What is recorded, and how much of it.
    ///   - recorder: Takes the ended spans; nil turns tracing off.
    ///   - deadlineUnixMilliseconds: When the invocation has to be over, for the recorder's journal.
    ///   - clock: Injected by tests.
    ///   - ids: Injected by tests.
    ///   - flushHandler: Delivers what has been recorded so far.
    package init(
        requestID: String,
        session: Session,
        parent: TraceContext?,
        baggage: Baggage = Baggage(),
        policy: TracingPolicy = TracingPolicy(),
        recorder: (any SpanRecorder)?,
        deadlineUnixMilliseconds: UInt64? = nil,
        clock: TraceClock = .system,
        ids: IDGenerator = .system,
        flushHandler: @escaping @Sendable () async -> FlushReport = { FlushReport() }
    ) {
        var ids = ids
        self.ids = ids
        base = nil
        remoteParent = nil
        self.requestID = requestID
        self.session = session
        traceID = parent?.traceID ?? TraceID(using: &ids)
        traceState = parent?.traceState
        isSampled = recorder != nil && policy.sampler.samples(traceID, parent: parent)
        self.policy = policy
        self.baggage = baggage
        self.recorder = recorder
        self.flushHandler = flushHandler
        anchor = TraceClock.Anchor(clock)
        var attributes = AttributeList(limits: policy.limits)
        session.write(to: &attributes)
        baggage.write(to: &attributes)
        sessionAttributes = AttributeList(sharing: attributes)
        journalScope = Self.journalScope(
            isSampled ? recorder : nil,
            traceState,
            deadlineUnixMilliseconds.map { $0 &* 1_000_000 },
            attributes
        )
    }

    /// A tracer for a part of another one's invocation that belongs to another caller.
    ///
    /// - Parameters:
    ///   - base: The invocation's tracer.
    ///   - session: The part's session.
    ///   - parent: The part's caller: nil stays in the invocation's own trace.
    ///   - baggage: What the part's caller sent along.
    init(within base: InvocationTracer, session: Session, parent: TraceContext?, baggage: Baggage) {
        self.base = base.invocation
        remoteParent = parent
        requestID = base.requestID
        self.session = session
        traceID = parent?.traceID ?? base.traceID
        traceState = parent?.traceState ?? base.traceState
        isSampled =
            base.recorder != nil && parent.map { base.policy.sampler.samples($0.traceID, parent: $0) } ?? base.isSampled
        policy = base.policy
        self.baggage = baggage
        recorder = base.recorder
        flushHandler = base.flushHandler
        anchor = base.anchor
        ids = base.ids
        var attributes = AttributeList(limits: policy.limits)
        session.write(to: &attributes)
        baggage.write(to: &attributes)
        sessionAttributes = AttributeList(sharing: attributes)
        journalScope = Self.journalScope(
            isSampled ? recorder : nil,
            traceState,
            base.journalScope?.deadlineUnixNanoseconds,
            attributes
        )
    }

    private static func journalScope(
        _ recorder: (any SpanRecorder)?,
        _ traceState: String?,
        _ deadlineUnixNanoseconds: UInt64?,
        _ attributes: AttributeList
    ) -> JournalScope? {
        guard recorder?.journal != nil else { return nil }
        return JournalScope(
            traceState: traceState,
            deadlineUnixNanoseconds: deadlineUnixNanoseconds,
            attributes: attributes.entries
        )
    }

    /// Now, in nanoseconds since the Unix epoch.
    package func now() -> UInt64 { anchor.unixNanoseconds() }

    /// Delivers the spans that have ended so far, and waits for it.
    ///
    /// The runtime does this by itself before it posts the response; call it in a long handler whose steps should be seen
    /// early.
    ///
    /// - Returns: What happened. Nothing is thrown: tracing never fails a function.
    public func flush() async -> FlushReport {
        await flushHandler()
    }

    // MARK: Session

    func updateEnrichment(of session: SessionID, _ update: (inout SessionEnrichment) -> Void) {
        invocation.state.withLock { state in
            guard
                state.enrichments[session] != nil || state.enrichments.count < Self.maximumEnrichedSessionCount
            else { return }
            update(&state.enrichments[session, default: SessionEnrichment()])
        }
    }

    /// Takes out what the invocation has to say of its sessions, one request for each.
    package func takeSessionRequests() -> [SessionRequest] {
        let enrichments = state.withLock { state in
            defer { state.enrichments = [:] }
            return state.enrichments
        }
        return enrichments.sorted { $0.key.description < $1.key.description }.map { $1.request(for: $0) }
    }

    // MARK: Spans

    /// Starts the span that all others of the invocation are under.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - kind: The span's kind.
    ///   - parent: The caller's span, or nil for a trace's first.
    ///   - describe: Writes what is known of the invocation. It is in the journal, too, when the process ends before the span.
    /// - Returns: The span, which is open until ``endRootSpan()``.
    package func startRootSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        parent: TraceContext?,
        describe: (TracedSpan) -> Void = { _ in }
    ) -> TracedSpan {
        let span = makeSpan(
            name,
            kind: kind,
            eventType: .chain,
            parentID: parent?.spanID,
            isParentRemote: parent != nil,
            context: InstrumentationContext.topLevel
        )
        describe(span)
        noteStart(of: span, hasAttributes: true)
        state.withLock { $0.root = span }
        return span
    }

    /// The root span while the invocation runs, else nil.
    package var root: TracedSpan? { invocation.state.withLock { $0.root } }

    /// The tracer of the whole invocation.
    private var invocation: InvocationTracer { base ?? self }

    /// The tracer that spans at a place belong to: of the innermost scope within this invocation, else this one.
    func resolved(at place: TracingPlace) -> InvocationTracer {
        guard let scoped = place.scopedTracer, scoped.invocation === invocation else { return self }
        return scoped
    }

    /// The span around what is started at a place, if it is of this process.
    func localParent(at place: TracingPlace) -> TracedSpan? {
        // A span of another invocation, carried over by a task that outlived it, is no parent for one of ours.
        if let span = place.span, span.tracer.invocation === invocation,
            span.tracer === self || remoteParent == nil
        {
            return span
        }
        return remoteParent == nil ? root : nil
    }

    /// What another service is told of a place in the trace, or nil outside any span.
    func traceContext(at place: TracingPlace) -> TraceContext? {
        localParent(at: place)?.traceContext ?? remoteParent
    }

    /// Ends the root span and, before it, what is still open: the spans of tasks that outlive the handler.
    ///
    /// Those are marked as unfinished and delivered with the invocation that they belong to; the root tells their count.
    package func endRootSpan() {
        let (root, openSpans, wasCutShort) = state.withLock { state in
            defer {
                state.root = nil
                state.openSpans = OpenSpans()
            }
            return (state.root, state.openSpans.inOrder, state.wasCutShort)
        }
        for span in openSpans {
            span.setAttribute(HoneyHiveField.unfinished, to: true)
            span.end()
        }
        if let root, wasCutShort { recordLateEnd(of: root) }
        if !openSpans.isEmpty { root?.enrich(metadata: ["unfinished_spans": .int(openSpans.count)]) }
        root?.end()
    }

    /// Ends every open span as an error, the root among them, while the handler goes on: the process is about to be ended.
    ///
    /// What the handler starts afterwards still belongs to the trace. When it does end in time, a span of its own says so, since
    /// the root has gone out by then and cannot go out twice.
    ///
    /// - Parameters:
    ///   - type: The kind of error, as `timeout`.
    ///   - message: What happened.
    package func cutShort(type: String, message: String) {
        let (root, openSpans) = state.withLock { state in
            defer {
                state.openSpans = OpenSpans()
                state.wasCutShort = true
            }
            return (state.root, state.openSpans.inOrder)
        }
        for span in openSpans + (root.map { [$0] } ?? []) {
            span.setAttribute("error.type", to: .string(type))
            span.enrich(error: "\(type): \(message)")
            span.end()
        }
    }

    private func recordLateEnd(of root: TracedSpan) {
        let span = makeSpan(
            "finished",
            kind: .internal,
            eventType: .chain,
            parentID: root.id,
            isParentRemote: false,
            at: TracingPlace(span: root),
            context: root.context
        )
        span.enrich(metadata: ["finished_after_its_span": true])
        span.end()
    }

    /// Starts a span at a place, which is what the context holds of ours: under the span there or, failing that, the root.
    func startSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        context: InstrumentationContext,
        at place: TracingPlace,
        startUnixNanoseconds: UInt64? = nil
    ) -> TracedSpan {
        let parent = localParent(at: place)
        let span = makeSpan(
            name,
            kind: kind,
            eventType: eventType,
            parentID: parent?.id ?? remoteParent?.spanID,
            isParentRemote: parent == nil && remoteParent != nil,
            at: TracingPlace(span: parent, scopedTracer: place.scopedTracer),
            context: context,
            startUnixNanoseconds: startUnixNanoseconds
        )
        noteStart(of: span)
        let slot: Int? = invocation.state.withLock { state in
            // After the invocation there is nobody left to look after a span: it is delivered if it ends.
            guard state.root != nil, state.openSpans.count < Self.maximumOpenSpanCount else { return nil }
            return state.openSpans.insert(span)
        }
        span.update { $0.openSlot = slot }
        return span
    }

    private func makeSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        parentID: SpanID?,
        isParentRemote: Bool,
        at placeAround: TracingPlace = TracingPlace(),
        context: InstrumentationContext,
        startUnixNanoseconds: UInt64? = nil
    ) -> TracedSpan {
        var ids = ids
        return TracedSpan(
            tracer: self,
            id: SpanID(using: &ids),
            parentID: parentID,
            isParentRemote: isParentRemote,
            at: placeAround,
            context: context,
            state: TracedSpan.State(
                name: name,
                kind: kind,
                startUnixNanoseconds: startUnixNanoseconds ?? now(),
                attributes: sessionAttributes,
                eventType: eventType
            )
        )
    }

    private func noteStart(of span: TracedSpan, hasAttributes: Bool = false) {
        guard let journalScope, let journal = recorder?.journal else { return }
        let start = span.read { state in
            SpanStart(
                traceID: traceID,
                spanID: span.id,
                parentSpanID: span.parentID,
                isParentRemote: span.isParentRemote,
                name: state.name,
                kind: state.kind,
                eventType: state.eventType,
                startUnixNanoseconds: state.startUnixNanoseconds,
                // Those that all spans share are in the scope.
                attributes: hasAttributes ? state.attributes.ownEntries : []
            )
        }
        journal.start(start, in: journalScope)
    }

    /// Takes over a span that has just ended.
    func record(_ span: TracedSpan, endUnixNanoseconds: UInt64) {
        if let slot = span.read({ $0.openSlot }) { invocation.state.withLock { $0.openSpans.remove(span, from: slot) } }
        guard isSampled, let recorder else { return }
        let record = span.read { state in
            SpanRecord(
                traceID: traceID,
                spanID: span.id,
                parentSpanID: span.parentID,
                isParentRemote: span.isParentRemote,
                traceState: traceState,
                isSampled: isSampled,
                name: state.name,
                kind: state.kind,
                startUnixNanoseconds: state.startUnixNanoseconds,
                endUnixNanoseconds: max(endUnixNanoseconds, state.startUnixNanoseconds),
                attributes: state.attributes,
                events: state.events,
                droppedEventCount: state.droppedEventCount,
                links: state.links,
                droppedLinkCount: state.droppedLinkCount,
                status: state.status
            )
        }
        recorder.append(record)
    }
}
