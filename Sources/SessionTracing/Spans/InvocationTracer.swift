internal import Synchronization
internal import Tracing

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
    /// True if spans are recorded.
    ///
    /// The default sampler follows the caller: if the caller does not record its trace, neither does the function.
    public let isSampled: Bool
    package let traceState: String?
    /// The caller's flags besides the sampled one.
    let otherFlags: UInt8
    package let baggage: Baggage
    /// The invocation, which this tracer shares with the tracers of other scopes.
    let trace: InvocationTrace
    /// The scope's caller, the parent of spans that have no surrounding span in the scope; nil in the invocation's own
    /// scope, whose spans have its root span as their ancestor.
    let remoteParent: TraceContext?
    /// The span of the caller of the invocation, or of the scope; nil without one.
    private let caller: TraceContext?
    /// The header fields of this scope before the first invocation, which the invocation's session completes.
    let initHeaders: TraceHeaders?
    /// The invocation's tracer for this scope from before it, made with the first span that the invocation adopts.
    private let adoptedOwner = Mutex<InvocationTracer?>(nil)
    private let sessionAttributes: AttributeList
    /// Nil if span starts are not stored in a journal.
    private let journalScope: JournalScope?

    /// The invocation's request id, assigned by Lambda.
    public var requestID: String { trace.requestID }
    package var policy: TracingPolicy { trace.policy }

    /// Creates the tracer of an invocation.
    ///
    /// - Parameters:
    ///   - requestID: The invocation's request id, assigned by Lambda.
    ///   - session: The invocation's session.
    ///   - parent: The caller's span, or nil to start a new trace.
    ///   - baggage: The caller's baggage, propagated to services that this invocation calls.
    ///   - policy: The limits, sampling, redaction and propagation.
    ///   - recorder: Receives the ended spans; nil disables tracing.
    ///   - deadlineUnixMilliseconds: The invocation's deadline, in milliseconds since the Unix epoch.
    ///   - deadlineMargin: The time before the deadline that calls of other services leave for the flush.
    ///   - clock: The clock; injected by tests.
    ///   - ids: The generator of ids; injected by tests.
    ///   - registry: The process's running invocations, among which this one is from its root span's start to its end.
    ///   - flushHandler: Delivers the spans recorded so far.
    package convenience init(
        requestID: String,
        session: Session,
        parent: TraceContext?,
        baggage: Baggage = Baggage(),
        policy: TracingPolicy = TracingPolicy(),
        recorder: (any SpanRecorder)?,
        deadlineUnixMilliseconds: UInt64? = nil,
        deadlineMargin: Duration = .zero,
        clock: TraceClock = .system,
        ids: IDGenerator = .system,
        registry: InvocationRegistry? = nil,
        flushHandler: @escaping @Sendable () async -> FlushReport = { FlushReport() }
    ) {
        var generator = ids
        let traceID = parent?.traceID ?? TraceID(using: &generator)
        self.init(
            in: InvocationTrace(
                requestID: requestID,
                policy: policy,
                recorder: recorder,
                deadlineUnixMilliseconds: deadlineUnixMilliseconds,
                deadlineMargin: deadlineMargin,
                clock: clock,
                ids: ids,
                registry: registry,
                flushHandler: flushHandler
            ),
            session: session,
            traceID: traceID,
            otherFlags: parent?.otherFlags ?? 0,
            traceState: parent?.traceState,
            isSampled: recorder != nil && policy.sampler.samples(traceID, parent: parent),
            remoteParent: nil,
            caller: parent,
            baggage: baggage
        )
    }

    /// Creates a tracer for a part of an invocation that has its own caller.
    ///
    /// - Parameters:
    ///   - base: A tracer of the invocation.
    ///   - session: The part's session.
    ///   - parent: The span of the part's caller; nil stays in the invocation's trace.
    ///   - baggage: The baggage of the part's caller.
    ///   - headers: The header fields of the caller, from which all of this was read.
    convenience init(
        within base: InvocationTracer,
        session: Session,
        parent: TraceContext?,
        baggage: Baggage,
        headers: TraceHeaders? = nil
    ) {
        let trace = base.trace
        let isSampled = parent.map { trace.policy.sampler.samples($0.traceID, parent: $0) } ?? base.isSampled
        self.init(
            in: trace,
            session: session,
            traceID: parent?.traceID ?? base.traceID,
            otherFlags: parent.map(\.otherFlags) ?? base.otherFlags,
            traceState: parent.map(\.traceState) ?? base.traceState,
            isSampled: (trace.recorder != nil || trace.initSpans != nil) && isSampled,
            remoteParent: parent ?? base.remoteParent,
            caller: parent ?? base.caller,
            baggage: baggage,
            initHeaders: trace.initSpans == nil ? nil : headers
        )
    }

    /// Creates the tracer of spans before the process's first invocation.
    ///
    /// - Parameters:
    ///   - initSpans: Receives the spans.
    ///   - policy: The limits and the redaction.
    ///   - clock: The clock; injected by tests.
    ///   - ids: The generator of span ids; injected by tests.
    convenience init(of initSpans: InitSpans, policy: TracingPolicy, clock: TraceClock, ids: IDGenerator) {
        self.init(
            in: InvocationTrace(
                requestID: "",
                policy: policy,
                recorder: nil,
                deadlineUnixMilliseconds: nil,
                clock: clock,
                ids: ids,
                initSpans: initSpans,
                flushHandler: { FlushReport() }
            ),
            session: .placeholder,
            traceID: initSpans.traceID,
            otherFlags: 0,
            traceState: nil,
            isSampled: true,
            remoteParent: nil,
            caller: nil,
            baggage: Baggage()
        )
    }

    private init(
        in trace: InvocationTrace,
        session: Session,
        traceID: TraceID,
        otherFlags: UInt8,
        traceState: String?,
        isSampled: Bool,
        remoteParent: TraceContext?,
        caller: TraceContext?,
        baggage: Baggage,
        initHeaders: TraceHeaders? = nil
    ) {
        self.trace = trace
        self.session = session
        self.traceID = traceID
        self.otherFlags = otherFlags
        self.traceState = traceState
        self.isSampled = isSampled
        self.remoteParent = remoteParent
        self.caller = caller
        self.initHeaders = initHeaders
        let baggage = baggage.completed(with: trace.policy.evaluation)
        self.baggage = baggage
        var attributes = AttributeList(limits: trace.policy.limits)
        // Before the first invocation its session is not known.
        if trace.initSpans == nil {
            session.write(to: &attributes, trace.policy.redaction)
            baggage.write(to: &attributes, trace.policy.redaction)
        }
        sessionAttributes = AttributeList(sharing: attributes)
        journalScope =
            isSampled && trace.recorder?.journal != nil
            ? JournalScope(
                traceState: traceState,
                deadlineUnixNanoseconds: trace.deadlineUnixNanoseconds,
                attributes: attributes.entries
            ) : nil
    }

    /// Redacts what its spans record.
    ///
    /// The spans of an unsampled trace are discarded, so nothing is searched in them.
    var redaction: Redaction { isSampled ? policy.redaction : .none }

    /// The current time, in nanoseconds since the Unix epoch.
    package func now() -> UInt64 { trace.now() }

    /// Delivers the spans that have ended so far and waits for the result.
    ///
    /// The runtime flushes before it posts the response; call this in a long handler to make its steps visible early.
    ///
    /// - Returns: The result of the flush. Errors are reported here and never thrown: tracing does not fail a function.
    public func flush() async -> FlushReport {
        await trace.flushHandler()
    }

    /// Removes and returns the invocation's session updates, one request per session.
    package func takeSessionRequests() -> [SessionRequest] { trace.takeSessionRequests() }

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
        trace.begin(with: span)
        return span
    }

    /// The root span while the invocation runs, otherwise nil.
    package var root: TracedSpan? { trace.root }

    /// Returns the tracer of the innermost scope of this invocation in a context, or this tracer if there is none.
    func resolved(in current: CurrentTrace) -> InvocationTracer {
        guard let scoped = current.scopedTracer, scoped.trace === trace else { return self }
        return scoped
    }

    /// Returns the parent for a span started in a context, if the parent belongs to this process.
    func localParent(in current: CurrentTrace) -> TracedSpan? {
        // A span of another invocation, kept by a task that outlived it, cannot be the parent.
        if let span = current.span, span.tracer.trace === trace || span.isAdopted(by: trace),
            span.tracer === self || remoteParent == nil || span.tracer.remoteParent == remoteParent
        {
            return span
        }
        return remoteParent == nil ? root : nil
    }

    /// Returns the trace context to propagate, or nil outside a span.
    func traceContext(in current: CurrentTrace) -> TraceContext? {
        isOff ? caller : localParent(in: current)?.traceContext ?? remoteParent
    }

    /// True if tracing is off: no span is recorded, whatever the sampler decides.
    private var isOff: Bool { trace.recorder == nil && trace.initSpans == nil }

    /// Returns the trace context that another service receives from a span.
    ///
    /// If tracing is off, it is the caller's, unchanged, because OpenTelemetry's propagators work without an SDK
    /// (https://opentelemetry.io/docs/specs/otel/trace/api/#behavior-of-the-api-in-the-absence-of-an-installed-sdk).
    func traceContext(ofSpan id: SpanID) -> TraceContext? {
        guard !isOff else { return caller }
        return TraceContext(
            traceID: traceID,
            spanID: id,
            isSampled: isSampled,
            otherFlags: otherFlags,
            traceState: traceState
        )
    }

    /// Ends the root span and, before it, all spans still open: those of tasks that outlive the handler.
    ///
    /// The latter are marked as unfinished and delivered with this invocation; the root span contains their count.
    package func endRootSpan() { trace.end() }

    /// Sets the decision whether the ended invocation's spans are kept, which also counts for those that end later.
    package func decide(isKept: Bool) { trace.decide(isKept: isKept) }

    /// Ends every open span, including the root, as failed while the handler still runs, because Lambda is about to end
    /// the process.
    ///
    /// Spans that the handler starts afterwards still belong to the trace. If the handler does finish in time, an
    /// additional span records that, because the root span has already been sent.
    ///
    /// - Parameters:
    ///   - type: The error type, such as `timeout`.
    ///   - message: The error message.
    package func failOpenSpans(type: String, message: String) { trace.failOpenSpans(type: type, message: message) }

    /// Records the end of a handler whose root span had been ended before.
    func recordLateEnd(of root: TracedSpan) {
        let span = makeSpan(
            "finished",
            kind: .internal,
            eventType: .chain,
            parentID: root.id,
            isParentRemote: false,
            in: CurrentTrace(span: root),
            context: root.context
        )
        recordStart(of: span)
        span.enrich(metadata: ["finished_after_its_span": true])
        span.end()
    }

    /// Starts a span in a context, as a child of the context's span or of the root span.
    func startSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        context: InstrumentationContext,
        in current: CurrentTrace,
        startUnixNanoseconds: UInt64? = nil,
        redactsName: Bool = true
    ) -> TracedSpan {
        let parent = localParent(in: current)
        let span = makeSpan(
            name,
            kind: kind,
            eventType: eventType,
            parentID: parent?.id ?? remoteParent?.spanID ?? trace.rootID,
            isParentRemote: parent == nil && remoteParent != nil,
            in: CurrentTrace(span: parent, scopedTracer: current.scopedTracer),
            context: context,
            startUnixNanoseconds: startUnixNanoseconds,
            redactsName: redactsName
        )
        if let initSpans = trace.initSpans {
            if let cause = initSpans.add(span) { span.discard(because: cause) }
        } else {
            recordStart(of: span)
            track(span)
        }
        return span
    }

    private func track(_ span: TracedSpan) {
        let slot = trace.track(span)
        span.setOpenSlot(slot)
    }

    // MARK: Spans before the first invocation

    /// Returns the tracer that records the spans of this tracer, once an invocation has adopted them.
    func owner(adoptedBy invocation: InvocationTracer) -> InvocationTracer {
        guard let initHeaders else { return invocation }
        return adoptedOwner.withLock { $0 } ?? invocation.scoped(to: initHeaders)
    }

    /// Makes the tracer that ``owner(adoptedBy:)`` returns from then on.
    ///
    /// Only the adoption calls this: what a custom redaction rule records is not redacted by that rule, so a tracer made
    /// within one must not be kept.
    func makeOwner(adoptedBy invocation: InvocationTracer) -> InvocationTracer {
        let owner = owner(adoptedBy: invocation)
        if initHeaders != nil { adoptedOwner.withLock { $0 = owner } }
        return owner
    }

    /// The tracer that records the spans of this tracer; nil if none does, or none yet.
    package var owner: InvocationTracer? {
        guard let initSpans = trace.initSpans else { return self }
        return initSpans.adopter.map { owner(adoptedBy: $0) }
    }

    /// Takes an open span from before the invocation.
    func adopt(open span: TracedSpan) {
        recordStart(of: span)
        track(span)
    }

    private func makeSpan(
        _ name: String,
        kind: SpanRecord.Kind,
        eventType: EventType?,
        parentID: SpanID?,
        isParentRemote: Bool,
        in enclosingTrace: CurrentTrace = CurrentTrace(),
        context: InstrumentationContext,
        startUnixNanoseconds: UInt64? = nil,
        redactsName: Bool = true
    ) -> TracedSpan {
        var ids = trace.ids
        return TracedSpan(
            tracer: self,
            id: SpanID(using: &ids),
            parentID: parentID,
            isParentRemote: isParentRemote,
            in: enclosingTrace,
            context: context,
            state: TracedSpan.State(
                name: redactsName ? redaction.redacted(name, as: .name) : name,
                kind: kind,
                startUnixNanoseconds: startUnixNanoseconds ?? now(),
                attributes: sessionAttributes,
                eventType: eventType
            )
        )
    }

    func recordStart(of span: TracedSpan, hasAttributes: Bool = false) {
        guard let journalScope, let journal = trace.recorder?.journal, trace.isKept != false else { return }
        let start = span.read { state in
            SpanStart(
                SpanKey(traceID, span.id),
                parentSpanID: parentID(of: span),
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

    /// Returns the parent of a span of this tracer, or of one from before the invocation.
    private func parentID(of span: TracedSpan) -> SpanID? {
        span.parentID ?? (span.tracer === self ? nil : trace.rootID)
    }

    /// Records a span that has just ended.
    func record(_ span: TracedSpan, endUnixNanoseconds: UInt64) {
        if let initSpans = trace.initSpans { return initSpans.end(span, at: endUnixNanoseconds) }
        let isKept: Bool?
        if let slot = span.read({ $0.openSlot }) {
            isKept = trace.untrack(span, in: slot)
        } else {
            isKept = trace.isKept
        }
        guard let recorder = trace.recorder else { return }
        guard isSampled else { return trace.count(.notSampled) }
        guard isKept != false else { return trace.count(.notKept) }
        var record = span.read { state in
            SpanRecord(
                traceID: traceID,
                spanID: span.id,
                parentSpanID: parentID(of: span),
                isParentRemote: span.isParentRemote,
                traceState: traceState,
                isSampled: isSampled,
                otherFlags: otherFlags,
                name: state.name,
                kind: state.kind,
                startUnixNanoseconds: state.startUnixNanoseconds,
                endUnixNanoseconds: max(endUnixNanoseconds, state.startUnixNanoseconds),
                attributes: state.attributes,
                events: state.events,
                droppedEventCount: state.droppedEventCount,
                links: state.links,
                droppedLinkCount: state.droppedLinkCount,
                status: state.status.truncated(toUTF8Bytes: policy.limits.valueBytes)
            )
        }
        if span.tracer !== self, let initSpans = span.tracer.trace.initSpans { complete(&record, from: initSpans) }
        if isKept == nil { recorder.append(record) } else { recorder.appendLate(record) }
    }

    /// Adds the session to a span from before the invocation, and the invocation's trace to its links.
    private func complete(_ record: inout SpanRecord, from initSpans: InitSpans) {
        record.attributes = record.attributes.following(sessionAttributes)
        let traceID = root?.tracer.traceID ?? traceID
        record.links = record.links.map { link in
            link.traceID == initSpans.traceID
                ? SpanRecord.Link(traceID: traceID, spanID: link.spanID, attributes: link.attributes) : link
        }
    }
}

extension InvocationTracer {
    /// The tracer of spans that no invocation can record.
    static let noOp: InvocationTracer = {
        var generator = SystemRandomNumberGenerator()
        let spans = InitSpans(traceID: TraceID(using: &generator), unrecorded: UnrecordedCounter())
        spans.discard()
        return InvocationTracer(of: spans, policy: TracingPolicy(), clock: .system, ids: .system)
    }()

    /// True if the tracer belongs to an invocation, running or ended.
    var isOfInvocation: Bool { trace.initSpans == nil }
}

extension Session {
    /// The session of spans that are not part of an invocation.
    fileprivate static let placeholder: Session = {
        var generator = SystemRandomNumberGenerator()
        return Session(
            id: SessionID(using: &generator),
            origin: .generated,
            name: "",
            project: nil,
            source: ""
        )
    }()
}
