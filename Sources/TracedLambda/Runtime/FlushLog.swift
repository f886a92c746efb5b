internal import Logging
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// Logs flushes that did not deliver all spans, and keeps the last one with problems for the next root span.
final class FlushLog: Sendable {
    private let journal: CrashJournal?
    /// The last flush with undelivered spans or retries, not yet reported on a root span.
    private let trouble = Mutex<FlushReport?>(nil)

    init(journal: CrashJournal?) {
        self.journal = journal
    }

    /// Removes and returns the last flush with undelivered spans or retries, if any.
    func takeTrouble() -> FlushReport? {
        trouble.withLock { $0.take() }
    }

    func note(_ report: FlushReport, logger: Logger) {
        if let count = journal?.takeUnjournaledCount(), count > 0 {
            logger.warning(
                "\(count) spans are not in the journal, for want of room: a crash before their delivery loses them"
            )
        }
        if !report.isComplete || report.retryCount > 0 { trouble.withLock { $0 = report } }
        guard !report.isComplete else { return }
        logger.warning(
            "not all spans were delivered",
            metadata: [
                "exportedSpans": "\(report.exportedSpanCount)",
                "deferredSpans": "\(report.deferredSpanCount)",
                "deferralReason": "\(report.deferralReason ?? "-")",
                "droppedSpans": "\(report.droppedSpanCount)",
                "deferredSessionUpdates": "\(report.deferredSessionUpdateCount)",
                "droppedSessionUpdates": "\(report.droppedSessionUpdateCount)",
                "dropReason": "\(report.dropReason ?? "-")",
                "retries": "\(report.retryCount)",
                "flushMilliseconds": "\(Int(report.duration / .milliseconds(1)))",
            ]
        )
    }
}
