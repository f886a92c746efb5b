internal import Synchronization

/// The spans that are started before the process's first invocation, as in the handler's init.
///
/// They wait until that invocation begins, and then become spans of its trace, below its root span.
final class InitSpans: Sendable {
    /// The maximum number of spans that wait; further ones are discarded.
    static let maximumCount = 1_000

    private struct EndedSpan {
        let span: TracedSpan
        let endUnixNanoseconds: UInt64
    }

    private enum Phase {
        case waiting
        /// The spans belong to the first invocation, whose tracer this is.
        case adopted(InvocationTracer)
        /// The process ends without an invocation.
        case discarded
    }

    private struct State {
        var phase = Phase.waiting
        var open: [SpanID: TracedSpan] = [:]
        var ended: [EndedSpan] = []
    }

    /// The placeholder of the trace's id in the links of these spans.
    let traceID: TraceID
    /// The counts of spans that are not recorded.
    let unrecorded: UnrecordedCounter
    private let state = Mutex(State())

    init(traceID: TraceID, unrecorded: UnrecordedCounter) {
        self.traceID = traceID
        self.unrecorded = unrecorded
    }

    /// The tracer of the first invocation; nil before it.
    var adopter: InvocationTracer? {
        state.withLock { state in
            if case .adopted(let tracer) = state.phase { return tracer }
            return nil
        }
    }

    var isWaiting: Bool {
        state.withLock { state in
            if case .waiting = state.phase { return true }
            return false
        }
    }

    /// Adds a started span.
    ///
    /// - Parameter span: The span.
    /// - Returns: The reason for which the span cannot be recorded, or nil.
    func add(_ span: TracedSpan) -> UnrecordedCause? {
        state.withLock { state in
            switch state.phase {
            case .waiting where state.open.count + state.ended.count < Self.maximumCount:
                state.open[span.id] = span
            case .waiting: return .initSpanLimit
            case .adopted(let tracer): span.tracer.owner(adoptedBy: tracer).adopt(open: span)
            case .discarded: return .neverInvoked
            }
            return nil
        }
    }

    /// Takes a span that has ended.
    func end(_ span: TracedSpan, at unixNanoseconds: UInt64) {
        state.withLock { state in
            switch state.phase {
            case .waiting:
                state.open[span.id] = nil
                state.ended.append(EndedSpan(span: span, endUnixNanoseconds: unixNanoseconds))
            case .adopted(let tracer):
                span.tracer.owner(adoptedBy: tracer).record(span, endUnixNanoseconds: unixNanoseconds)
            case .discarded: break
            }
        }
    }

    /// Makes the spans part of an invocation, unless they belong to another one.
    ///
    /// The lock is held until all are recorded, so that none can end at the same time.
    func adopt(by tracer: InvocationTracer) {
        state.withLock { state in
            guard case .waiting = state.phase else { return }
            state.phase = .adopted(tracer)
            for entry in state.ended {
                let owner = entry.span.tracer.owner(adoptedBy: tracer)
                owner.recordStart(of: entry.span)
                owner.record(entry.span, endUnixNanoseconds: entry.endUnixNanoseconds)
            }
            for span in state.open.values.sorted(by: { $0.id.value < $1.id.value }) {
                span.tracer.owner(adoptedBy: tracer).adopt(open: span)
            }
            state.open = [:]
            state.ended = []
        }
    }

    /// Discards and counts the spans that are waiting, because the process ends.
    func discard() {
        state.withLock { state in
            guard case .waiting = state.phase else { return }
            unrecorded.count(.neverInvoked, by: state.open.count + state.ended.count)
            state = State(phase: .discarded)
        }
    }
}
