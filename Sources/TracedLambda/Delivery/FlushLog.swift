internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Logs flushes that did not deliver all spans, and keeps the last one with problems for the next root span.
final class FlushLog: Sendable {
    private let journal: CrashJournal?
    private let problems: ProblemLog
    /// The last flush with undelivered spans or retries, not yet reported on a root span.
    private let incompleteReport = Mutex<FlushReport?>(nil)

    /// - Parameters:
    ///   - journal: The worker's journal; nil if there is none.
    ///   - problems: The process's problems so far.
    init(journal: CrashJournal?, problems: ProblemLog = ProblemLog()) {
        self.journal = journal
        self.problems = problems
    }

    /// Removes and returns the last flush with undelivered spans or retries, if any.
    func takeIncompleteReport() -> FlushReport? {
        incompleteReport.withLock { $0.take() }
    }

    func log(_ report: FlushReport, logger: Logger) {
        if let count = journal?.takeUnjournaledCount(), count > 0 {
            problems.warn(
                "the journal in /tmp is full: a crash would lose \(count) undelivered spans; check the collector",
                cause: "the journal in /tmp is full",
                lostSpanCount: 0,
                metadata: [:],
                logger: logger
            )
        }
        if !report.isComplete || report.retryCount > 0 { incompleteReport.withLock { $0 = report } }
        if !report.isComplete, let problem = report.problem {
            problems.warn(
                "flush \(problem.outcome): \(problem.reason)",
                cause: "flush \(problem.verbs): \(problem.reason)",
                lostSpanCount: report.droppedSpanCount,
                metadata: report.logMetadata,
                logger: logger
            )
        }
        problems.sumUp(logger: logger)
    }
}

extension FlushReport {
    /// What a flush that is not complete did, and why.
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
