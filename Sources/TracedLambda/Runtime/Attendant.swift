internal import CurlTransport
internal import Dispatch
internal import Glibc
internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Does beside a handler what cannot wait for its end, on a thread of its own: opens the collector's connection, sends a buffer
/// that has filled and what the handler asks for, and ends the trace when the deadline is near.
///
/// The handler runs on the worker's thread, which only sets this one's timer: an invocation that ends in time wakes up
/// nobody. Between invocations no timer runs, so that a freeze never catches the thread halfway.
final class Attendant: Sendable {
    /// Tells whoever has asked for a flush what came of it.
    private typealias FlushAnswer = @Sendable (FlushReport) -> Void

    /// The invocation under way.
    private struct Attendance {
        let scope: InvocationScope
        /// Tells this invocation from the others.
        let inbox: Mailbox<InvocationMessage>
        let beginNanoseconds: UInt64
        var vigil: Vigil
        var flushRequests: [FlushAnswer] = []
        var isBufferFull = false
    }

    /// What the thread is to do now.
    private enum Duty {
        case answer([FlushAnswer])
        case sendFullBuffer
        case step(Vigil.Step)
    }

    private struct State {
        /// Nil between invocations.
        var attendance: Attendance?
        var isBusy = false
        /// Ends early what must not keep a flush or a response waiting.
        var interrupt: CurlInterrupt?
        /// Whether the worker's thread waits until nothing is being done.
        var isAwaited = false
        var isStopped = false
    }

    private let pipeline: TracingPipeline
    private let flushLog: FlushLog
    private let clock: TraceClock
    private let endProcess: @Sendable () -> Void
    private let timer: WakeTimer
    private let idleness = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    /// Nil when the process has no descriptor left for a timer.
    ///
    /// - Parameters:
    ///   - pipeline: What is to be delivered, and how.
    ///   - flushLog: Told of each flush that nobody has asked for.
    ///   - clock: Counts the invocation's time.
    ///   - endProcess: Called when a handler is still running well after its deadline.
    init?(
        _ pipeline: TracingPipeline,
        flushLog: FlushLog,
        clock: TraceClock = .system,
        endProcess: @escaping @Sendable () -> Void = { _exit(1) }
    ) {
        guard let timer = WakeTimer() else { return nil }
        self.pipeline = pipeline
        self.flushLog = flushLog
        self.clock = clock
        self.endProcess = endProcess
        self.timer = timer
    }

    // MARK: The worker's side

    func begin(_ scope: InvocationScope, inbox: Mailbox<InvocationMessage>) {
        let vigil = pipeline.vigil(deadline: scope.deadline.remaining)
        state.withLock { state in
            state.attendance = Attendance(
                scope: scope,
                inbox: inbox,
                beginNanoseconds: clock.monotonicNanoseconds(),
                vigil: vigil
            )
            timer.set(after: vigil.patience(after: .zero) ?? .zero)
            askWhenFull(inbox)
        }
    }

    private func askWhenFull(_ inbox: Mailbox<InvocationMessage>) {
        pipeline.buffer?.whenFull { [weak self] in self?.wake(for: inbox) { $0?.isBufferFull = true } }
    }

    /// Begins nothing more for this invocation, and waits for the end of what is under way.
    ///
    /// - Parameter budget: The longest that this may take.
    /// - Returns: How long it has taken.
    func end(within budget: Duration) -> Duration {
        let (requests, isBusy) = state.withLock { state in
            pipeline.buffer?.whenFull(nil)
            timer.clear()
            defer { state.attendance = nil }
            state.interrupt?.raise()
            state.isAwaited = state.isBusy
            return (state.attendance?.flushRequests ?? [], state.isBusy)
        }
        // Whoever asked for it no longer belongs to the handler.
        for answer in requests { answer(FlushReport()) }
        guard isBusy else { return .zero }
        let start = clock.monotonicNanoseconds()
        if idleness.wait(timeout: .now() + .nanoseconds(Int(clamping: budget.wholeNanoseconds))) == .timedOut {
            let isTooLate = state.withLock { state in
                defer { state.isAwaited = false }
                return !state.isAwaited
            }
            if isTooLate { idleness.wait() }
        }
        return .nanoseconds(clock.monotonicNanoseconds() - start)
    }

    /// Delivers what has ended so far, while the handler goes on.
    ///
    /// - Parameter inbox: The invocation's. After its end the next flush takes the spans along.
    /// - Returns: What happened.
    func flush(for inbox: Mailbox<InvocationMessage>) async -> FlushReport {
        await withCheckedContinuation { continuation in
            let isTaken = wake(for: inbox) { $0?.flushRequests.append { continuation.resume(returning: $0) } }
            if !isTaken { continuation.resume(returning: FlushReport()) }
        }
    }

    /// - Returns: False when the invocation is over.
    @discardableResult
    private func wake(for inbox: Mailbox<InvocationMessage>, _ change: (inout Attendance?) -> Void) -> Bool {
        state.withLock { state in
            guard state.attendance?.inbox === inbox else { return false }
            change(&state.attendance)
            state.interrupt?.raise()
            timer.set(after: .zero)
            return true
        }
    }

    func stop() {
        state.withLock { state in
            state.attendance = nil
            state.isStopped = true
            timer.set(after: .zero)
        }
    }

    // MARK: The thread's side

    /// Serves one invocation after another until ``stop()``, on the calling thread.
    func run() {
        while timer.wait(), !state.withLock({ $0.isStopped }) {
            while let (duty, scope, inbox) = nextDuty() { perform(duty, scope, inbox) }
        }
    }

    /// Takes what is due; without anything, sets the timer for what comes next.
    private func nextDuty() -> (Duty, InvocationScope, Mailbox<InvocationMessage>)? {
        state.withLock { state in
            state.interrupt = nil
            guard var attendance = state.attendance, let duty = takeDuty(of: &attendance) else {
                state.isBusy = false
                if state.isAwaited { idleness.signal() }
                state.isAwaited = false
                return nil
            }
            state.attendance = attendance
            state.isBusy = true
            if case .step(.prepare) = duty { state.interrupt = CurlInterrupt() }
            return (duty, attendance.scope, attendance.inbox)
        }
    }

    private func takeDuty(of attendance: inout Attendance) -> Duty? {
        let elapsed = Duration.nanoseconds(clock.monotonicNanoseconds() - attendance.beginNanoseconds)
        let patience = attendance.vigil.patience(after: elapsed)
        // The deadline waits for nobody; a flush makes its connection itself.
        let isDue = patience == .zero
        if isDue, attendance.vigil.step != .prepare { return attendance.vigil.takeStep().map { .step($0) } }
        if !attendance.flushRequests.isEmpty {
            defer { attendance.flushRequests = [] }
            return .answer(attendance.flushRequests)
        }
        if attendance.isBufferFull {
            attendance.isBufferFull = false
            return .sendFullBuffer
        }
        if isDue { return attendance.vigil.takeStep().map { .step($0) } }
        if let patience { timer.set(after: patience) }
        return nil
    }

    private func perform(_ duty: Duty, _ scope: InvocationScope, _ inbox: Mailbox<InvocationMessage>) {
        switch duty {
        case .answer(let requests):
            let report = pipeline.flush(before: scope.deadline)
            for answer in requests { answer(report) }
        case .sendFullBuffer:
            // A collector that does not take them now is asked again at the handler's end.
            guard flush(scope).isComplete else { return }
            state.withLock { if $0.attendance?.inbox === inbox { askWhenFull(inbox) } }
        case .step(let step): perform(step, scope)
        }
    }

    private func perform(_ step: Vigil.Step, _ scope: InvocationScope) {
        if step != .prepare { pipeline.journal?.noteSignOfLife(at: clock.wallNanoseconds()) }
        switch step {
        case .prepare:
            if let interrupt = state.withLock({ $0.interrupt }) {
                pipeline.prepare(before: scope.deadline, interrupt: interrupt)
            }
        case .sendEndedSpans:
            scope.context.logger.warning("the handler is still running shortly before its deadline")
            _ = flush(scope)
        case .cutShort:
            scope.context.tracer.cutShort(
                type: "timeout",
                message: "the handler was still running just before its deadline"
            )
            _ = flush(scope)
        case .giveUp:
            scope.context.logger.error(
                "the handler is still running well after its deadline, and nobody ends it: the process ends"
            )
            pipeline.journal?.removeIfSettled()
            endProcess()
        }
    }

    private func flush(_ scope: InvocationScope) -> FlushReport {
        let report = pipeline.flush(before: scope.deadline)
        flushLog.note(report, logger: scope.context.logger)
        return report
    }
}
