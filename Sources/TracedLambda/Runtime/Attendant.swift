internal import CurlTransport
internal import Dispatch
internal import Platform
internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Monitors the deadline of a worker's invocations on a thread of its own.
///
/// While a handler runs, it opens the collector's connection, sends a full buffer and the flushes that the handler
/// requests, and ends the trace shortly before the deadline.
///
/// The handler runs on the worker's thread, which only sets this thread's timer: an invocation that ends in time wakes
/// no thread. Between invocations no timer runs, so that a freeze never interrupts the thread.
final class Attendant: Sendable {
    /// Receives the result of a requested flush.
    private typealias FlushAnswer = @Sendable (FlushReport) -> Void

    /// The monitored invocation.
    private struct Attendance {
        let scope: InvocationScope
        /// Identifies the invocation.
        let inbox: Mailbox<InvocationMessage>
        let beginNanoseconds: UInt64
        var vigil: Vigil
        var flushRequests: [FlushAnswer] = []
        var isBufferFull = false
    }

    /// The next task of the thread.
    private enum Duty {
        case answer([FlushAnswer])
        case sendFullBuffer
        case step(Vigil.Step)
    }

    private struct State {
        /// Nil between invocations.
        var attendance: Attendance?
        var isBusy = false
        /// Aborts a preparation that must not delay a flush or a response.
        var interrupt: CurlInterrupt?
        /// True if the worker's thread waits for the current task to end.
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

    /// Creates a monitor; nil if the process has no descriptor left for a timer.
    ///
    /// - Parameters:
    ///   - pipeline: Delivers the spans.
    ///   - flushLog: Logs each flush that the handler did not request.
    ///   - clock: The clock that measures the invocation's time.
    ///   - endProcess: Called if a handler is still running long after its deadline.
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

    // MARK: Called on the worker's thread

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

    /// Starts no further task for this invocation, and waits for the current one.
    ///
    /// - Parameter budget: The maximum time to wait.
    /// - Returns: The time waited.
    func end(within budget: Duration) -> Duration {
        let (requests, isBusy) = state.withLock { state in
            pipeline.buffer?.whenFull(nil)
            timer.clear()
            defer { state.attendance = nil }
            state.interrupt?.raise()
            state.isAwaited = state.isBusy
            return (state.attendance?.flushRequests ?? [], state.isBusy)
        }
        // Pending flush requests belong to tasks that outlived the handler.
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

    /// Delivers the spans that have ended so far while the handler runs.
    ///
    /// - Parameter inbox: The invocation's mailbox. After the invocation's end nothing is flushed; the next flush
    ///   delivers the spans.
    /// - Returns: The result of the flush.
    func flush(for inbox: Mailbox<InvocationMessage>) async -> FlushReport {
        await withCheckedContinuation { continuation in
            let isTaken = wake(for: inbox) { $0?.flushRequests.append { continuation.resume(returning: $0) } }
            if !isTaken { continuation.resume(returning: FlushReport()) }
        }
    }

    /// Changes the monitored invocation and wakes the thread; returns false if the invocation has ended.
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

    // MARK: Called on the monitor's thread

    /// Monitors invocations on the calling thread until ``stop()``.
    func run() {
        while timer.wait(), !state.withLock({ $0.isStopped }) {
            while let (duty, scope, inbox) = nextDuty() { perform(duty, scope, inbox) }
        }
    }

    /// Takes the next task that is due; if there is none, sets the timer for the next step.
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
        // The deadline takes precedence. Preparation comes last, because a flush opens its connection itself.
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
            // If the collector does not accept the spans now, the flush at the handler's end tries again.
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
            scope.context.logger.warning(
                "the handler is still running shortly before its deadline; if it needs the time, raise the function's timeout"
            )
            _ = flush(scope)
        case .cutShort:
            scope.context.tracer.cutShort(
                type: "timeout",
                message: "the handler was still running just before its deadline"
            )
            // Lambda kills the process at the deadline.
            StandardOutput.tryFlush()
            _ = flush(scope)
        case .giveUp:
            scope.context.logger.error(
                "the handler is still running \(Vigil.overrunGraceSeconds) s after its deadline: the process ends"
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
