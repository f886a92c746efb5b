internal import Tracing
internal import Synchronization

/// Creates the spans of one invocation, all in its session.
///
/// Spans nest by task-local context: a span started in a child task, an `async let` or a task group is a child of the
/// surrounding span. Without such a context, as in `Task.detached`, spans of this tracer are children of the
/// invocation's root span.
public final class InvocationTracer: Sendable {
    /// The session of all spans of this tracer.
    public let session: Session
    /// The trace of all spans of this tracer: the caller's if it sent one, otherwise a new one.
    public let traceID: TraceID
    /// True if spans are delivered.
    ///
    /// The default sampler follows the caller: if the caller does not record its trace, neither does the function.
    public let isSampled: Bool
    /// The invocation's request id, assigned by Lambda.
    public let requestID: String
    /// The invocation's own tracer, if this one belongs to a scope within it.
    private let base: InvocationTracer?
    /// The scope's caller, the parent of spans that have no surrounding span in the scope.
    private let remoteParent: TraceContext?
    package let traceState: String?
    package let baggage: Baggage
    package let policy: TracingPolicy
    private let recorder: (any SpanRecorder)?
    private let anchor: TraceClock.Anchor
    private let ids: IDGenerator
    private let sessionAttributes: AttributeList
    /// Nil if span starts are not stored in a journal.
    private let journalScope: JournalScope?
    private let state = Mutex(State())
    private let flushHandler: @Sendable () async -> FlushReport

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

    /// Creates the tracer of an invocation.
    ///
    /// - Parameters:
    ///   - requestID: The invocation's request id, assigned by Lambda.
    ///   - session: The invocation's session.
    ///   - parent: The caller's span, or nil to start a new trace.
    ///   - baggage: The caller's baggage, propagated to services that this invocation calls.
    ///   - policy: The limits, sampling, redaction and propagation.
    ///   - recorder: Receives the ended spans; nil disables tracing.
    ///   - deadlineUnixMilliseconds: The invocation's deadline for the journal, in milliseconds since the Unix epoch.
    ///   - clock: The clock; injected by tests.
    ///   - ids: The generator of ids; injected by tests.
    ///   - flushHandler: Delivers the spans recorded so far.
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

    /// Creates a tracer for a part of an invocation that has its own caller.
    ///
    /// - Parameters:
    ///   - base: The invocation's tracer.
    ///   - session: The part's session.
    ///   - parent: The span of the part's caller; nil stays in the invocation's trace.
    ///   - baggage: The baggage of the part's caller.
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

    /// The current time, in nanoseconds since the Unix epoch.
    package func now() -> UInt64 { anchor.unixNanoseconds() }

    /// Delivers the spans that have ended so far and waits for the result.
    ///
    /// The runtime flushes before it posts the response; call this in a long handler to make its steps visible early.
    ///
    /// - Returns: The result of the flush. Errors are reported here and never thrown: tracing does not fail a function.
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

    /// Removes and returns the invocation's session updates, one request per session.
    package func takeSessionRequests() -> [SessionRequest] {
        let enrichments = state.withLock { state in
            defer { state.enrichments = [:] }
            return state.enrichments
        }
        return enrichments.sorted { $0.key.description < $1.key.description }.map { $1.request(for: $0) }
    }

    // MARK: Spans

    /// Starts the invocation's root span, the ancestor of all its other spans.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - kind: The span's kind.
    ///   - parent: The caller's span, or nil to start a new trace.
    ///   - describe: Sets the attributes known at the start; they are stored in the journal in case the process ends
    ///     before the span.
    /// - Returns: The span, open until ``endRootSpan()``.
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
        recordStart(of: span, hasAttributes: true)
        state.withLock { $0.root = span }
        return span
    }

    /// The root span while the invocation runs, otherwise nil.
    package var root: TracedSpan? { invocation.state.withLock { $0.root } }

    /// The tracer of the whole invocation.
    private var invocation: InvocationTracer { base ?? self }

    /// Returns the tracer of the innermost scope of this invocation in a context, or this tracer if there is none.
    func resolved(in trace: CurrentTrace) -> InvocationTracer {
        guard let scoped = trace.scopedTracer, scoped.invocation === invocation else { return self }
        return scoped
    }

    /// Returns the parent for a span started in a context, if the parent belongs to this process.
    func localParent(in trace: CurrentTrace) -> TracedSpan? {
        // A span of another invocation, kept by a task that outlived it, cannot be the parent.
        if let span = trace.span, span.tracer.invocation === invocation,
            span.tracer === self || remoteParent == nil
        {
            return span
        }
        return remoteParent == nil ? root : nil
    }

    /// Returns the trace context to propagate, or nil outside a span.
    func traceContext(in trace: CurrentTrace) -> TraceContext? {
        localParent(in: trace)?.traceContext ?? remoteParent
    }

    /// Ends the root span and, before it, all spans still open: those of tasks that outlive the handler.
    ///
    /// The latter are marked as unfinished and delivered with this invocation; the root span contains their count.
    package func endRootSpan() {
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
        if let root, hasFailedOpenSpans { recordLateEnd(of: root) }
        if !openSpans.isEmpty { root?.enrich(metadata: ["unfinished_spans": .int(openSpans.count)]) }
        root?.end()
    }

    /// Ends every open span, including the root, as failed while the handler still runs, because Lambda is about to end
    /// the process.
    ///
    /// Spans that the handler starts afterwards still belong to the trace. If the handler does finish in time, an
    /// additional span records that, because the root span has already been sent.
    ///
    /// - Parameters:
    ///   - type: The error type, such as `timeout`.
    ///   - message: The error message.
    package func failOpenSpans(type: String, message: String) {
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

    private func recordLateEnd(of root: TracedSpan) {
        let span = makeSpan(
            "finished",
            kind: .internal,
            eventType: .chain,
            parentID: root.id,
            isParentRemote: false,
            in: CurrentTrace(span: root),
            context: root.context
        )
        span.enrich(metadata: ["finished_after_its_span": true])
        span.end()
    }

    /// Starts a span in a context, as a child of the context's span or of the root span.
    func startSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        context: InstrumentationContext,
        in trace: CurrentTrace,
        startUnixNanoseconds: UInt64? = nil
    ) -> TracedSpan {
        let parent = localParent(in: trace)
        let span = makeSpan(
            name,
            kind: kind,
            eventType: eventType,
            parentID: parent?.id ?? remoteParent?.spanID,
            isParentRemote: parent == nil && remoteParent != nil,
            in: CurrentTrace(span: parent, scopedTracer: trace.scopedTracer),
            context: context,
            startUnixNanoseconds: startUnixNanoseconds
        )
        recordStart(of: span)
        let slot: Int? = invocation.state.withLock { state in
            // After the invocation, open spans are no longer tracked; such a span is delivered if it ends.
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
        in enclosingTrace: CurrentTrace = CurrentTrace(),
        context: InstrumentationContext,
        startUnixNanoseconds: UInt64? = nil
    ) -> TracedSpan {
        var ids = ids
        return TracedSpan(
            tracer: self,
            id: SpanID(using: &ids),
            parentID: parentID,
            isParentRemote: isParentRemote,
            in: enclosingTrace,
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

    private func recordStart(of span: TracedSpan, hasAttributes: Bool = false) {
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
                // The attributes shared by all spans are in the scope.
                attributes: hasAttributes ? state.attributes.ownEntries : []
            )
        }
        journal.start(start, in: journalScope)
    }

    /// Records a span that has just ended.
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
