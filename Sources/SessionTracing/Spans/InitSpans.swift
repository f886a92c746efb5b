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
        /// True if the invocation has adopted the span while it was open.
        let isAdopted: Bool
    }

    private enum Phase {
        case waiting
        /// The first invocation, whose tracer this is, is taking the spans.
        case adopting(InvocationTracer)
        /// The spans belong to the first invocation.
        case adopted(InvocationTracer)
        /// The process ends without an invocation.
        case discarded
    }

    private struct State {
        var phase = Phase.waiting
        var open: [SpanID: TracedSpan] = [:]
        var ended: [EndedSpan] = []

        var isWaiting: Bool { if case .waiting = phase { true } else { false } }
    }

    /// The placeholder of the trace's id in the links of these spans.
    let traceID: TraceID
    /// The counts of spans that are not recorded.
    let unrecorded: UnrecordedCounter
    /// Moves spans only: a custom redaction rule, which may use spans, runs outside the lock.
    private let state = Mutex(State())

    init(traceID: TraceID, unrecorded: UnrecordedCounter) {
        self.traceID = traceID
        self.unrecorded = unrecorded
    }

    /// The tracer of the first invocation; nil before it.
    var adopter: InvocationTracer? {
        state.withLock { state in
            switch state.phase {
            case .adopting(let tracer), .adopted(let tracer): tracer
            case .waiting, .discarded: nil
            }
        }
    }

    var isWaiting: Bool { state.withLock { $0.isWaiting } }

    /// Adds a started span.
    ///
    /// - Parameter span: The span.
    /// - Returns: The reason for which the span cannot be recorded, or nil.
    func add(_ span: TracedSpan) -> UnrecordedCause? {
        let (cause, adopter): (UnrecordedCause?, InvocationTracer?) = state.withLock { state in
            switch state.phase {
            case .waiting, .adopting:
                guard state.open.count + state.ended.count < Self.maximumCount else { return (.initSpanLimit, nil) }
                state.open[span.id] = span
                return (nil, nil)
            case .adopted(let tracer): return (nil, tracer)
            case .discarded: return (.neverInvoked, nil)
            }
        }
        if let adopter { span.tracer.owner(adoptedBy: adopter).adopt(open: span) }
        return cause
    }

    /// Takes a span that has ended.
    func end(_ span: TracedSpan, at unixNanoseconds: UInt64) {
        let adopter: InvocationTracer? = state.withLock { state in
            switch state.phase {
            case .waiting, .adopting:
                let isAdopted = state.open.removeValue(forKey: span.id) == nil
                state.ended.append(EndedSpan(span: span, endUnixNanoseconds: unixNanoseconds, isAdopted: isAdopted))
                return nil
            case .adopted(let tracer): return tracer
            case .discarded: return nil
            }
        }
        if let adopter { span.tracer.owner(adoptedBy: adopter).record(span, endUnixNanoseconds: unixNanoseconds) }
    }

    /// Makes the spans part of an invocation, unless they belong to another one.
    ///
    /// Those that start or end meanwhile wait, too, so that none is recorded before it is adopted.
    func adopt(by tracer: InvocationTracer) {
        let isFirst = state.withLock { state in
            guard state.isWaiting else { return false }
            state.phase = .adopting(tracer)
            return true
        }
        guard isFirst else { return }
        while let spans = takeSpans(for: tracer) {
            for entry in spans.ended {
                let owner = entry.span.tracer.makeOwner(adoptedBy: tracer)
                if !entry.isAdopted { owner.recordStart(of: entry.span) }
                owner.record(entry.span, endUnixNanoseconds: entry.endUnixNanoseconds)
            }
            for span in spans.open { span.tracer.makeOwner(adoptedBy: tracer).adopt(open: span) }
        }
    }

    /// Removes and returns the spans that wait for an adopting invocation; nil if there are none any more, so that
    /// further ones are recorded at once.
    private func takeSpans(for tracer: InvocationTracer) -> (ended: [EndedSpan], open: [TracedSpan])? {
        state.withLock { state in
            if state.ended.isEmpty, state.open.isEmpty {
                state.phase = .adopted(tracer)
                return nil
            }
            defer { (state.ended, state.open) = ([], [:]) }
            return (state.ended, state.open.values.sorted { $0.id.value < $1.id.value })
        }
    }

    /// Discards and counts the spans that are waiting, because the process ends.
    func discard() {
        state.withLock { state in
            guard state.isWaiting else { return }
            unrecorded.count(.neverInvoked, by: state.open.count + state.ended.count)
            state = State(phase: .discarded)
        }
    }
}
