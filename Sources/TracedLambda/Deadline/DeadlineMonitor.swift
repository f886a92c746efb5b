internal import CurlTransport
internal import Dispatch
internal import Platform
internal import Logging
internal import SessionTracing
internal import SpanExport
internal import SpanJournal
internal import Synchronization

/// Monitors the deadline of a worker's invocations on a thread of its own.
///
/// While a handler runs, it opens the collector's connection, sends a full buffer and the flushes that the handler
/// requests, and ends the trace shortly before the deadline.
///
/// The handler runs on the worker's thread, which only sets this thread's timer: an invocation that ends in time wakes
/// no thread. Between invocations no timer runs, so that a freeze never interrupts the thread.
final class DeadlineMonitor: Sendable {
    /// Receives the result of a requested flush.
    private typealias FlushAnswer = @Sendable (FlushReport) -> Void

    /// The monitored invocation.
    private struct MonitoredInvocation {
        let active: ActiveInvocation
        let beginNanoseconds: UInt64
        var schedule: DeadlineSchedule
        var flushRequests: [FlushAnswer] = []
        /// The time since the invocation's start at which a full buffer is sent, or sent again; nil if it is not full.
        var earlyExportDue: Duration?

        func elapsed(_ clock: TraceClock) -> Duration {
            .nanoseconds(clock.monotonicNanoseconds() - beginNanoseconds)
        }
    }

    /// The next task of the thread.
    private enum Work {
        case answer([FlushAnswer])
        case sendFullBuffer
        case step(DeadlineSchedule.Step)

        /// True if the flush at the handler's end can run beside it, on another connection.
        var isDelivery: Bool {
            switch self {
            case .answer, .sendFullBuffer: true
            case .step: false
            }
        }
    }

    private struct State {
        /// Nil between invocations.
        var monitored: MonitoredInvocation?
        /// The current task; nil while the thread is idle.
        var current: Work?
        /// Aborts a preparation that must not delay a flush or a response.
        var interrupt: CurlInterrupt?
        /// True if the worker's thread waits for the current task to end.
        var isAwaited = false
        var isStopped = false
    }

    /// The time for which a handler must go on after its buffer is full, before the spans are sent: a handler that ends
    /// before sends all of them together, in milliseconds.
    static let earlyExportDelayMilliseconds = 10
    /// The time after which a full buffer that the collector did not accept is sent again, in seconds.
    static let earlyExportRetrySeconds = 5

    private let delivery: SpanDelivery
    private let clock: TraceClock
    private let earlyExportRetryDelay: Duration
    private let exitProcess: @Sendable () -> Void
    private let timer: WakeTimer
    private let idleness = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    /// Creates a monitor; nil if the process has no descriptor left for a timer.
    ///
    /// - Parameters:
    ///   - delivery: Delivers the worker's spans.
    ///   - clock: The clock that measures the invocation's time.
    ///   - earlyExportRetryDelay: The time after which a full buffer that the collector did not accept is sent again.
    ///   - exitProcess: Ends the process if a handler is still running long after its deadline.
    init?(
        _ delivery: SpanDelivery,
        clock: TraceClock = .system,
        earlyExportRetryDelay: Duration = .seconds(DeadlineMonitor.earlyExportRetrySeconds),
        exitProcess: @escaping @Sendable () -> Void
    ) {
        guard let timer = WakeTimer() else { return nil }
        self.delivery = delivery
        self.clock = clock
        self.earlyExportRetryDelay = earlyExportRetryDelay
        self.exitProcess = exitProcess
        self.timer = timer
    }

    // MARK: Called on the worker's thread

    func begin(_ active: ActiveInvocation) {
        let schedule = delivery.deadlineSchedule(deadline: active.deadline.remaining)
        state.withLock { state in
            state.monitored = MonitoredInvocation(
                active: active,
                beginNanoseconds: clock.monotonicNanoseconds(),
                schedule: schedule
            )
            timer.set(after: schedule.timeUntilNextStep(elapsed: .zero) ?? .zero)
            askWhenFull(active)
        }
    }

    private func askWhenFull(_ active: ActiveInvocation) {
        let executor = active.executor
        delivery.buffer?.whenFull { [weak self] in self?.scheduleEarlyExport($0, for: executor) }
    }

    /// Schedules the delivery of a full buffer, on the thread that ended a span.
    private func scheduleEarlyExport(
        _ fullness: SpanBuffer.Fullness,
        for executor: WorkerExecutor<InvocationMessage>
    ) {
        state.withLock { state in
            guard !state.isStopped, var monitored = state.monitored, monitored.active.executor === executor else {
                return
            }
            let elapsed = monitored.elapsed(clock)
            let delay: Duration = fullness == .urgent ? .zero : .milliseconds(Self.earlyExportDelayMilliseconds)
            monitored.earlyExportDue = min(monitored.earlyExportDue ?? .seconds(Int64.max), elapsed + delay)
            state.monitored = monitored
            if state.current == nil, let delay = timeUntilNextWork(of: monitored, elapsed: elapsed) {
                timer.set(after: delay)
            }
        }
    }

    /// Ends the monitoring of the invocation: starts no further task for it, and waits for the current one, unless it is
    /// a delivery, for which ``waitForDelivery(within:)`` waits.
    ///
    /// - Parameter budget: The maximum time to wait.
    /// - Returns: The time waited.
    func end(within budget: Duration) -> Duration {
        let (requests, current) = state.withLock { state in
            delivery.buffer?.whenFull(nil)
            timer.clear()
            defer { state.monitored = nil }
            state.interrupt?.raise()
            return (state.monitored?.flushRequests ?? [], state.current)
        }
        // Pending flush requests belong to tasks that outlived the handler.
        for answer in requests { answer(FlushReport()) }
        guard let current, !current.isDelivery else { return .zero }
        return waitForCurrentTask(within: budget)
    }

    /// Waits for a delivery that was under way when the invocation ended.
    ///
    /// - Parameter budget: The maximum time to wait.
    /// - Returns: The time waited; zero if nothing was under way.
    func waitForDelivery(within budget: Duration) -> Duration {
        waitForCurrentTask(within: budget)
    }

    private func waitForCurrentTask(within budget: Duration) -> Duration {
        let isBusy = state.withLock { state in
            state.isAwaited = state.current != nil
            return state.isAwaited
        }
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
    /// - Parameter executor: The invocation's executor. After the invocation's end nothing is flushed; the next flush
    ///   delivers the spans.
    /// - Returns: The result of the flush.
    func flush(for executor: WorkerExecutor<InvocationMessage>) async -> FlushReport {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isStopped, state.monitored?.active.executor === executor else { return false }
                state.monitored?.flushRequests.append { continuation.resume(returning: $0) }
                state.interrupt?.raise()
                timer.set(after: .zero)
                return true
            }
            if !isTaken { continuation.resume(returning: FlushReport()) }
        }
    }

    func stop() {
        state.withLock { state in
            state.monitored = nil
            state.isStopped = true
            timer.set(after: .zero)
        }
    }

    // MARK: Called on the monitor's thread

    /// Monitors invocations on the calling thread until ``stop()``.
    func run() {
        while timer.wait(), !state.withLock({ $0.isStopped }) {
            while let (work, active) = nextWork() { perform(work, active) }
        }
        answerWaitingFlushes()
    }

    /// Answers the flushes that nothing else answers any more, because the timer has failed or the monitor has stopped.
    private func answerWaitingFlushes() {
        let requests = state.withLock { state in
            state.isStopped = true
            defer { state.monitored?.flushRequests = [] }
            return state.monitored?.flushRequests ?? []
        }
        for answer in requests { answer(FlushReport()) }
    }

    /// Takes the next task that is due; if there is none, sets the timer for the next step.
    private func nextWork() -> (Work, ActiveInvocation)? {
        state.withLock { state in
            state.interrupt = nil
            guard var monitored = state.monitored, let work = takeWork(of: &monitored) else {
                state.current = nil
                if state.isAwaited { idleness.signal() }
                state.isAwaited = false
                return nil
            }
            state.monitored = monitored
            state.current = work
            if case .step(.prepare) = work { state.interrupt = CurlInterrupt() }
            return (work, monitored.active)
        }
    }

    private func takeWork(of monitored: inout MonitoredInvocation) -> Work? {
        let elapsed = monitored.elapsed(clock)
        monitored.schedule.skipLatePreparation(elapsed: elapsed)
        let isDue = monitored.schedule.timeUntilNextStep(elapsed: elapsed) == .zero
        // The deadline takes precedence. Preparation comes last, because a flush opens its connection itself.
        if isDue, monitored.schedule.step != .prepare { return monitored.schedule.advance().map { .step($0) } }
        if !monitored.flushRequests.isEmpty {
            defer { monitored.flushRequests = [] }
            return .answer(monitored.flushRequests)
        }
        if let due = monitored.earlyExportDue, due <= elapsed {
            monitored.earlyExportDue = nil
            return .sendFullBuffer
        }
        if isDue { return monitored.schedule.advance().map { .step($0) } }
        if let delay = timeUntilNextWork(of: monitored, elapsed: elapsed) { timer.set(after: delay) }
        return nil
    }

    private func timeUntilNextWork(of monitored: MonitoredInvocation, elapsed: Duration) -> Duration? {
        let step = monitored.schedule.timeUntilNextStep(elapsed: elapsed)
        let export = monitored.earlyExportDue.map { max(.zero, $0 - elapsed) }
        return [step, export].compactMap(\.self).min()
    }

    private func perform(_ work: Work, _ active: ActiveInvocation) {
        switch work {
        case .answer(let requests):
            let report = delivery.flushAndLog(active)
            for answer in requests { answer(report) }
        case .sendFullBuffer:
            if delivery.flushAndLog(active).deferredSpanCount > 0 {
                retryEarlyExport(of: active)
            } else {
                state.withLock { if $0.monitored?.active === active { askWhenFull(active) } }
            }
        case .step(let step): perform(step, active)
        }
    }

    /// Schedules another delivery of a full buffer that the collector did not accept.
    ///
    /// While the circuit breaker is open, such a flush skips the collector until the breaker allows one in place of an
    /// overdue probe, so that the collector is also asked again during a long handler.
    private func retryEarlyExport(of active: ActiveInvocation) {
        state.withLock { state in
            guard var monitored = state.monitored, monitored.active === active else { return }
            let due = monitored.elapsed(clock) + earlyExportRetryDelay
            monitored.earlyExportDue = min(monitored.earlyExportDue ?? due, due)
            state.monitored = monitored
        }
    }

    private func perform(_ step: DeadlineSchedule.Step, _ active: ActiveInvocation) {
        if step != .prepare { delivery.journal?.recordHeartbeat(at: clock.wallNanoseconds()) }
        switch step {
        case .prepare:
            if let interrupt = state.withLock({ $0.interrupt }) {
                delivery.prepare(before: active.deadline, interrupt: interrupt)
            }
        case .sendEndedSpans:
            active.context.logger.warning(
                "the handler is still running shortly before its deadline; if it needs the time, raise the function's timeout"
            )
            delivery.flushAndLog(active)
        case .failOpenSpans:
            delivery.failTrace(
                of: active.context.tracer,
                type: "timeout",
                message: "the handler was still running just before its deadline"
            )
            // Lambda kills the process at the deadline.
            StandardOutput.tryFlush()
            delivery.flushAndLog(active)
        case .exitProcess:
            let grace = DeadlineSchedule.overrunGraceSeconds
            active.context.logger.error(
                "the handler is still running \(grace) s after its deadline: the process ends"
            )
            exitProcess()
        }
    }
}
