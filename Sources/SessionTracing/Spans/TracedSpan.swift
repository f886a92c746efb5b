public import Tracing
internal import Synchronization

/// One step of an invocation.
///
/// The spans of `enrichSpanContext` and of swift-distributed-tracing's `withSpan` have this type. All members can be
/// used concurrently; they do nothing after the span has ended.
public final class TracedSpan: Tracing.Span {
    /// The tracer of the span, which determines its session.
    package let tracer: InvocationTracer
    /// The span's id.
    public let id: SpanID
    /// The id of the parent span; nil for the first span of a trace.
    public let parentID: SpanID?
    let isParentRemote: Bool
    private let enclosingTrace: CurrentTrace
    private let baseContext: InstrumentationContext
    private let state: Mutex<State>

    struct State {
        var name: String
        var kind: SpanRecord.Kind
        var startUnixNanoseconds: UInt64
        var attributes: AttributeList
        var events: [SpanRecord.Event] = []
        var droppedEventCount = 0
        var links: [SpanRecord.Link] = []
        var droppedLinkCount = 0
        var status: SpanRecord.Status = .unset
        var eventType: EventType?
        /// The errors that children recorded and may have rethrown, so that each is recorded once in the trace.
        var errorsOfChildren: Set<ErrorSummary> = []
        /// The keys that the recorded response of a model wrote, which the next one replaces.
        var responseKeys: Set<AttributeKey> = []
        /// The slot in the trace's open spans, while the span is open.
        var openSlot: Int?
        var hasEnded = false
        /// True if the span is never recorded, because of a limit.
        var isDiscarded = false
    }

    init(
        tracer: InvocationTracer,
        id: SpanID,
        parentID: SpanID?,
        isParentRemote: Bool,
        in enclosingTrace: CurrentTrace,
        context: InstrumentationContext,
        state: State
    ) {
        self.tracer = tracer
        self.id = id
        self.parentID = parentID
        self.isParentRemote = isParentRemote
        self.enclosingTrace = enclosingTrace
        baseContext = context
        self.state = Mutex(state)
    }

    /// The context in which this span is the current one.
    public var context: InstrumentationContext {
        var context = baseContext
        context.currentTrace = CurrentTrace(span: self, scopedTracer: enclosingTrace.scopedTracer)
        return context
    }

    /// The parent span, if it belongs to this process.
    var parent: TracedSpan? { enclosingTrace.span }

    /// The start time, in nanoseconds since the Unix epoch.
    package var startUnixNanoseconds: UInt64 { state.withLock { $0.startUnixNanoseconds } }

    /// The name of the step.
    public var operationName: String {
        get { state.withLock { $0.name } }
        set {
            let name = tracer.redaction.redacted(newValue, as: .name)
            update { $0.name = name }
        }
    }

    /// True if changes to the span can still be delivered.
    public var isRecording: Bool { tracer.isSampled && !state.withLock { $0.hasEnded } }

    /// Changes the span's state unless the span has ended.
    func update(_ change: (inout State) -> Void) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            change(&state)
        }
    }

    func read<T: Sendable>(_ value: (borrowing State) -> T) -> T {
        state.withLock { value($0) }
    }

    func setOpenSlot(_ slot: Int?) {
        state.withLock { $0.openSlot = slot }
    }

    /// Ends a span that cannot be recorded, and counts it.
    func discard(because cause: UnrecordedCause) {
        state.withLock { state in
            state.hasEnded = true
            state.isDiscarded = true
        }
        tracer.trace.count(cause)
    }

    /// True for a span from before the process's first invocation that is recorded in this trace.
    func isAdopted(by trace: InvocationTrace) -> Bool {
        guard let adopter = tracer.trace.initSpans?.adopter else { return false }
        return adopter.trace === trace && !read { $0.isDiscarded }
    }

    /// Ends the span and queues it for delivery; further calls do nothing.
    ///
    /// - Parameter instant: The end time.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        finish(at: tracer.unixNanoseconds(of: instant))
    }

    /// Ends the span now, by the invocation's clock.
    public func end() {
        finish(at: tracer.now())
    }

    private func finish(at unixNanoseconds: UInt64) {
        let isFirst = state.withLock { state in
            guard !state.hasEnded else { return false }
            state.hasEnded = true
            // Set the type here: the attributes are still uniquely referenced, so they are not copied.
            let type = state.eventType ?? .inferred(name: state.name, attributes: state.attributes)
            state.attributes.set(AttributeKey.eventType, to: .string(type.rawValue), priority: .identifying)
            return true
        }
        if isFirst { tracer.record(self, endUnixNanoseconds: unixNanoseconds) }
    }
}
