internal import Synchronization
internal import Tracing

/// The running invocations of a process, by which a span without an invocation in its context finds a trace.
///
/// Such a span belongs to the invocation of the task that starts it; before the process's first invocation to that one;
/// otherwise to the only running invocation. Without one, or with several, it is counted.
package final class InvocationRegistry: Sendable {
    private struct State {
        /// The tracers of the running invocations, at most one per worker.
        var running: [InvocationTracer] = []
        var lossHandler: (@Sendable () -> Void)?
        /// True from a call of the handler until ``takeLosses()``.
        var isLossReported = false
        var problemHandler: (@Sendable (String) -> Void)?
    }

    /// The counts of spans that no invocation could record.
    package let unrecorded = UnrecordedCounter()
    private let initTracer: InvocationTracer
    private let initSpans: InitSpans
    private let state = Mutex(State())

    /// Creates the registry of a process in which tracing is enabled.
    ///
    /// - Parameters:
    ///   - policy: The limits and the redaction of spans before the first invocation.
    ///   - clock: The clock of these spans.
    ///   - ids: The generator of their ids.
    package init(policy: TracingPolicy, clock: TraceClock = .system, ids: IDGenerator = .system) {
        var generator = SystemRandomNumberGenerator()
        initSpans = InitSpans(traceID: TraceID(using: &generator), unrecorded: unrecorded)
        initTracer = InvocationTracer(of: initSpans, policy: policy, clock: clock, ids: ids)
    }

    /// Sets a handler that is called when a span cannot be recorded while no invocation is running and no flush is to be
    /// expected, and not again before ``takeLosses()``.
    package func whenLost(_ handler: @escaping @Sendable () -> Void) {
        state.withLock { $0.lossHandler = handler }
    }

    /// Sets a handler that is called with each problem of what callers send, see ``Session/problem``.
    package func whenProblem(_ handler: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.problemHandler = handler }
    }

    func report(_ problem: String) { state.withLock { $0.problemHandler }?(problem) }

    func begin(_ tracer: InvocationTracer) {
        state.withLock { $0.running.append(tracer) }
        initSpans.adopt(by: tracer)
    }

    func end(_ trace: InvocationTrace) {
        state.withLock { $0.running.removeAll { $0.trace === trace } }
    }

    /// The propagators of spans and carriers outside an invocation.
    var propagators: Propagators { initTracer.policy.propagators }

    var running: [InvocationTracer] { state.withLock { $0.running } }

    /// The tracer for a context without an invocation; nil if there is none to choose, or more than one.
    var tracer: InvocationTracer? {
        if initSpans.isWaiting { return initTracer }
        return state.withLock { $0.running.count == 1 ? $0.running.first : nil }
    }

    /// Counts a span for which ``tracer`` is nil.
    func countLoss() {
        let (hasRunning, handler) = state.withLock { state in
            let isIdle = state.running.isEmpty
            guard isIdle, !state.isLossReported else { return (!isIdle, nil as (@Sendable () -> Void)?) }
            state.isLossReported = true
            return (false, state.lossHandler)
        }
        unrecorded.count(hasRunning ? .severalInvocations : .noInvocation)
        handler?()
    }

    /// Returns the counts of ``unrecorded`` that no line of the log has yet.
    package func takeLosses() -> [UnrecordedCause: Int] {
        state.withLock { $0.isLossReported = false }
        return unrecorded.takeUnlogged()
    }

    /// Discards and counts the spans that wait for a first invocation, because the process ends.
    package func endProcess() { initSpans.discard() }
}
