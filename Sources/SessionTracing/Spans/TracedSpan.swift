public import Tracing
internal import Synchronization

/// One step of an invocation, from its start to its end.
///
/// The span of `enrichSpanContext` and of swift-distributed-tracing's `withSpan` are both of this type. All members can be
/// used from several tasks at once; after the end they do nothing.
public final class TracedSpan: Tracing.Span {
    /// The invocation's tracer, whose session this span is in.
    package let tracer: InvocationTracer
    /// This span's id.
    public let id: SpanID
    /// The id of the span around this one: nil for a trace's first.
    public let parentID: SpanID?
    let isParentRemote: Bool
    private let placeAround: TracingPlace
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
        /// The errors that children have recorded and may have thrown on, so that each stands in the trace once.
        var errorsOfChildren: Set<ErrorSummary> = []
        /// Where its tracer keeps it while it is open.
        var openSlot: Int?
        var hasEnded = false
    }

    init(
        tracer: InvocationTracer,
        id: SpanID,
        parentID: SpanID?,
        isParentRemote: Bool,
        at placeAround: TracingPlace,
        context: InstrumentationContext,
        state: State
    ) {
        self.tracer = tracer
        self.id = id
        self.parentID = parentID
        self.isParentRemote = isParentRemote
        self.placeAround = placeAround
        baseContext = context
        self.state = Mutex(state)
    }

    /// The context in which this span is the current one.
    public var context: InstrumentationContext {
        var context = baseContext
        context.tracingPlace = TracingPlace(span: self, scopedTracer: placeAround.scopedTracer)
        return context
    }

    /// The span around this one, when it is one of this process.
    var parent: TracedSpan? { placeAround.span }

    /// When it started, in nanoseconds since the Unix epoch.
    package var startUnixNanoseconds: UInt64 { state.withLock { $0.startUnixNanoseconds } }

    /// The name that is shown for this step.
    public var operationName: String {
        get { state.withLock { $0.name } }
        set { update { $0.name = newValue } }
    }

    /// Whether what is written here can still reach a collector.
    public var isRecording: Bool { tracer.isSampled && !state.withLock { $0.hasEnded } }

    /// Changes the span unless it has ended.
    func update(_ change: (inout State) -> Void) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            change(&state)
        }
    }

    func read<T: Sendable>(_ value: (borrowing State) -> T) -> T {
        state.withLock { value($0) }
    }

    /// Ends the span and hands it on for delivery; a second call does nothing.
    ///
    /// - Parameter instant: When it ended.
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
            // Here, where the attributes are not shared yet: afterwards they would be copied for it.
            let type = state.eventType ?? .inferred(name: state.name, attributes: state.attributes)
            state.attributes.set(AttributeKey.eventType, to: .string(type.rawValue), priority: .identifying)
            return true
        }
        if isFirst { tracer.record(self, endUnixNanoseconds: unixNanoseconds) }
    }
}
