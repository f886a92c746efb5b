internal import CurlTransport
internal import Logging
internal import Platform
internal import SessionTracing
internal import SpanExport
internal import SpanJournal
internal import Synchronization

/// Delivers one worker's spans: its buffer, its journal, and the flushes with their log.
///
/// Each worker has its own buffer, so that its flush delivers only its own invocation's spans. Tasks append to the
/// buffer; the worker's threads flush it.
final class SpanDelivery: Sendable {
    private struct State {
        /// The tracer of the running invocation.
        var tracer: InvocationTracer?
        /// The last flush with undelivered spans or retries, not yet reported on a root span.
        var incompleteReport: FlushReport?
        /// The report on the root span of the running invocation, which may be dropped.
        var writtenReport: FlushReport?
    }

    /// Nil if tracing is disabled.
    let buffer: SpanBuffer?
    /// Stores copies of the buffer's spans for the next process; nil if there is none.
    let journal: CrashJournal?
    private let exporters: ExporterPool<CurlHandle>?
    private let budget: Duration
    private let margin: Duration
    private let keep: KeepPolicy?
    private let problems: ProblemLog
    private let registry: InvocationRegistry?
    private let state = Mutex(State())

    /// Creates the delivery of one worker.
    ///
    /// - Parameters:
    ///   - exporters: The connections to the collector; nil disables tracing.
    ///   - journals: Creates the journal of the buffer; nil disables it.
    ///   - settings: The limits of a flush.
    ///   - problems: The process's problems so far.
    ///   - registry: The process's running invocations; nil if tracing is disabled.
    ///   - bufferBudget: The limit of the buffers of all workers.
    init(
        exporters: ExporterPool<CurlHandle>?,
        journals: Journals?,
        settings: FunctionSettings,
        problems: ProblemLog = ProblemLog(),
        registry: InvocationRegistry? = nil,
        bufferBudget: BufferBudget = BufferBudget()
    ) {
        self.exporters = exporters
        let journal = exporters == nil ? nil : journals?.make()
        self.journal = journal
        buffer = exporters.map { SpanBuffer(encoder: $0.encoder, budget: bufferBudget, journal: journal) }
        budget = settings.flushBudget
        margin = settings.deadlineMargin
        keep = settings.policy.keep
        self.problems = problems
        self.registry = registry
    }

    // MARK: The running invocation

    /// Prepares for an invocation, before its first span, which may be one of the handler's init.
    func prepareInvocation() {
        if keep != nil { buffer?.beginUndecided() }
    }

    /// Starts the delivery of an invocation's spans.
    ///
    /// - Parameters:
    ///   - active: The invocation. The last incomplete flush, which explains gaps in earlier traces, is written to its
    ///     root span.
    ///   - startsSession: True if its session is created by a request of its own.
    func begin(_ active: ActiveInvocation, startsSession: Bool) {
        let report = state.withLock { state in
            if buffer != nil { state.tracer = active.context.tracer }
            state.writtenReport = active.context.tracer.isSampled ? state.incompleteReport.take() : nil
            return state.writtenReport
        }
        if let report { InvocationAttributes.write(report, to: active.root) }
        // Before the handler, which may end the process.
        logJournalGaps(logger: active.context.logger)
        let (tracer, session) = (active.context.tracer, active.context.session)
        if startsSession, tracer.isSampled {
            buffer?.append(.start(session, baggage: tracer.baggage, redaction: tracer.policy.redaction))
        }
    }

    /// Ends the open spans of a running invocation as failed, and takes its requests for the session: Lambda is about to
    /// end the process, so ``endTrace(of:)`` may not follow.
    ///
    /// - Parameters:
    ///   - tracer: The invocation's tracer.
    ///   - type: The error type.
    ///   - message: The error message.
    func failTrace(of tracer: InvocationTracer, type: String, message: String) {
        tracer.failOpenSpans(type: type, message: message)
        for request in tracer.takeSessionRequests() { buffer?.append(request) }
    }

    /// Ends the invocation's root span, decides whether its spans are kept, and takes its requests for the session.
    func endTrace(of active: ActiveInvocation) {
        let tracer = active.context.tracer
        tracer.endRootSpan()
        let droppedCount = decide(on: tracer, root: active.root)
        let requests = tracer.takeSessionRequests()
        if droppedCount != nil {
            buffer?.unrecorded?.count(.sessionUpdateNotKept, by: requests.count)
        } else {
            for request in requests { buffer?.append(request) }
        }
    }

    /// Decides by its outcome whether an invocation is kept.
    ///
    /// - Returns: The number of dropped spans; nil if they are kept.
    private func decide(on tracer: InvocationTracer, root: TracedSpan) -> Int? {
        guard let keep, let buffer else { return nil }
        let duration = Duration.nanoseconds(tracer.now() - min(tracer.now(), root.startUnixNanoseconds))
        let droppedCount = buffer.decide { keep.keeps(tracer.traceID, duration: duration, hasFailedSpan: $0) }
        tracer.decide(isKept: droppedCount == nil)
        guard let droppedCount else { return nil }
        buffer.unrecorded?.count(.notKept, by: droppedCount)
        // A root span that is not delivered explains no gap.
        state.withLock { $0.incompleteReport = $0.incompleteReport ?? $0.writtenReport }
        return droppedCount
    }

    // MARK: Preparation of a flush

    /// Returns the schedule of an invocation.
    ///
    /// - Parameter deadline: The time until the invocation's deadline.
    /// - Returns: The schedule.
    func deadlineSchedule(deadline: Duration) -> DeadlineSchedule {
        DeadlineSchedule(preparation: exporters?.preparation ?? .none, margin: margin, deadline: deadline)
    }

    /// Opens the connection to the collector, or probes the collector, unless interrupted.
    func prepare(before deadline: InvocationDeadline, interrupt: CurlInterrupt) {
        exporters?.prepare(timeout: flushBudget(before: deadline), interrupt: interrupt)
    }

    /// Probes an unresponsive collector if a probe is due and handlers were too short for a concurrent one.
    ///
    /// The response has been posted by now, so only the next invocation can be delayed, and only briefly.
    func probeIfDue() {
        guard let exporters, exporters.preparation == .probe else { return }
        exporters.prepare(timeout: .milliseconds(Self.probeTimeoutMilliseconds), interrupt: nil)
    }

    static let probeTimeoutMilliseconds = 500

    // MARK: Flushes

    /// Delivers the buffer's spans at the end of an invocation.
    ///
    /// - Parameters:
    ///   - active: The invocation; the flush ends before its deadline.
    ///   - waited: The time for which flushes have already delayed the response.
    ///   - waitForOther: Waits for a delivery that began during the handler, at most for a time, and returns the time
    ///     waited; zero if there is none.
    func flushAtEnd(
        of active: ActiveInvocation,
        after waited: Duration,
        waitForOther: (_ limit: Duration) -> Duration
    ) {
        let ownTime = waited + flushAndLog(active, after: waited).duration
        let otherTime = waitForOther(max(.zero, flushBudget(before: active.deadline) - ownTime))
        // The other delivery may have returned spans to the buffer.
        if otherTime > .zero, buffer?.isEmpty == false { flushAndLog(active, after: ownTime + otherTime) }
        state.withLock { $0.tracer = nil }
    }

    /// Delivers the buffer's spans, and logs a flush that is not complete.
    ///
    /// - Parameters:
    ///   - active: The invocation; the flush ends before its deadline.
    ///   - waited: The time for which flushes have already delayed the response.
    /// - Returns: The result of the flush.
    @discardableResult
    func flushAndLog(_ active: ActiveInvocation, after waited: Duration = .zero) -> FlushReport {
        var report = FlushReport()
        if let buffer, let exporters {
            report = exporters.flush(buffer, budget: max(.zero, flushBudget(before: active.deadline) - waited))
        }
        for counter in counters { report.recordUnrecorded(counter.takeUnreported()) }
        log(report, logger: active.context.logger)
        return report
    }

    /// Delivers what is left, removes a journal that is no longer needed, and logs the sums of problems, when the
    /// process is about to end.
    ///
    /// - Parameters:
    ///   - delivers: False if no connection can be used.
    ///   - logger: The process's logger.
    func end(delivers: Bool = true, logger: Logger) {
        if let buffer, !buffer.isEmpty, delivers {
            let report = exporters?.flush(buffer, budget: budget, isLastChance: true)
            log(report ?? FlushReport(), isLast: true, logger: logger)
        }
        endJournal(logger: logger)
        for counter in counters { problems.warn(of: counter.takeUnlogged(), logger: logger) }
        problems.sumUp(isLast: true, logger: logger)
    }

    private var counters: [UnrecordedCounter] { [buffer?.unrecorded, registry?.unrecorded].compactMap(\.self) }

    /// Ends the open spans of a running invocation as failed, when the sandbox is shut down.
    func failTraceAtShutdown() {
        guard let tracer = state.withLock({ $0.tracer }) else { return }
        failTrace(of: tracer, type: "shutdown", message: "the process was shut down while the handler was running")
    }

    /// Delivers the buffer's spans when the sandbox is shut down.
    ///
    /// - Parameters:
    ///   - end: The time at which the process ends.
    ///   - logger: The process's logger.
    func flushAtShutdown(until end: ContinuousClock.Instant, logger: Logger) {
        guard let buffer, let exporters else { return }
        let flush = {
            let budget = max(.zero, ContinuousClock.now.duration(to: end))
            let report = exporters.flush(buffer, budget: budget, isLastChance: true)
            self.log(report, isLast: true, logger: logger)
        }
        flush()
        // A batch that another thread is sending may come back, or be lost.
        while buffer.isBeingSettled, ContinuousClock.now < end { Pause.wait(.milliseconds(1)) }
        if !buffer.isEmpty, ContinuousClock.now < end { flush() }
        endJournal(logger: logger)
    }

    /// Removes a journal that is no longer needed, and logs spans that the end of the process loses.
    private func endJournal(logger: Logger) {
        journal?.removeIfFullyAcknowledged()
        var lost = FlushReport()
        let reason = "the process ends, and the journal has no copy"
        lost.recordDropped(buffer?.unjournaledCount ?? 0, reason: reason)
        lost.recordDroppedSessionUpdates(buffer?.requestCount ?? 0, reason: reason)
        if !lost.isComplete { log(lost, isLast: true, logger: logger) }
    }

    /// Returns the configured budget, limited by the deadline: at most the remaining time minus the margin, or half of
    /// the remaining time if that is more.
    func flushBudget(before deadline: InvocationDeadline) -> Duration {
        let remaining = deadline.remaining
        return min(budget, max(remaining - margin, remaining / 2))
    }

    /// Logs spans of which the journal has no copy: the end of the process would lose them.
    func logJournalGaps(logger: Logger) {
        for (cause, count) in journal?.takeGaps() ?? [:] {
            problems.warn(
                "crash journal in /tmp: \(cause); a crash would lose \(count) undelivered spans",
                cause: "crash journal in /tmp: \(cause)",
                isLoss: count > 0,
                metadata: ["unjournaledSpans": "\(count)"],
                logger: logger
            )
        }
    }

    /// Logs a flush that is not complete, and keeps it for the next root span.
    ///
    /// - Parameters:
    ///   - report: The result of the flush.
    ///   - isLast: True for a flush at the end of the process: without the journal, deferred spans are lost.
    ///   - logger: The invocation's logger, or the process's.
    func log(_ report: FlushReport, isLast: Bool = false, logger: Logger) {
        logJournalGaps(logger: logger)
        for counter in counters { problems.warn(of: counter.takeUnlogged(), logger: logger) }
        for warning in report.warnings.sorted() { problems.warn(warning, logger: logger) }
        let hasLoss = report.unrecordedCounts.keys.contains { $0.warning != nil }
        if !report.isComplete || report.retryCount > 0 || hasLoss { state.withLock { $0.incompleteReport = report } }
        if !report.isComplete, let problem = report.problem {
            let flush = isLast ? "last flush" : "flush"
            problems.warn(
                "\(flush) \(problem.outcome): \(problem.reason)",
                cause: "\(flush) \(problem.verbs): \(problem.reason)",
                isLoss: isLast || report.droppedSpanCount + report.droppedSessionUpdateCount > 0,
                metadata: report.logMetadata,
                logger: logger
            )
        }
        buffer?.acknowledgeLostSpans()
        problems.sumUp(logger: logger)
    }
}

extension FlushReport {
    /// A description of a flush that is not complete.
    struct Problem {
        /// As in `dropped 2 spans, deferred 1 session update`.
        let outcome: String
        /// As in `dropped, deferred`.
        let verbs: String
        let reason: String
    }

    /// Nil if all spans were delivered.
    var problem: Problem? {
        let parts = [
            ("dropped", droppedSpanCount, "span"), ("dropped", droppedSessionUpdateCount, "session update"),
            ("deferred", deferredSpanCount, "span"), ("deferred", deferredSessionUpdateCount, "session update"),
        ].filter { $0.1 > 0 }
        guard !parts.isEmpty else { return nil }
        let reasons = [dropReason, deferralReason].compactMap { $0 }
        return Problem(
            outcome: parts.map { "\($0.0) \($0.1) \($0.2)\($0.1 == 1 ? "" : "s")" }.joined(separator: ", "),
            verbs: Set(parts.map(\.0)).sorted().joined(separator: ", "),
            reason: (reasons.isEmpty ? ["unknown"] : reasons).joined(separator: "; ")
        )
    }

    /// The counts that are not zero.
    var logMetadata: Logger.Metadata {
        let counts = [
            "exportedSpans": exportedSpanCount, "deferredSpans": deferredSpanCount, "droppedSpans": droppedSpanCount,
            "deferredSessionUpdates": deferredSessionUpdateCount, "droppedSessionUpdates": droppedSessionUpdateCount,
            "retries": retryCount, "flushMilliseconds": Int(duration / .milliseconds(1)),
        ]
        return counts.filter { $0.value > 0 }.mapValues { "\($0)" }
    }
}
