internal import CurlTransport
internal import Platform
internal import SessionTracing
internal import SpanExport

/// The path of one worker's ended spans to the collector: the buffer, to which tasks append, and the exporters, which
/// the worker's threads use.
///
/// Each worker has its own buffer, so that its flush delivers only its own invocation's spans.
struct TracingPipeline: Sendable {
    /// Nil if tracing is disabled.
    let buffer: SpanBuffer?
    /// Stores copies of the buffer's spans for the next process; nil if there is none.
    let journal: CrashJournal?
    private let exporters: ExporterPool<CurlHandle>?
    private let budget: Duration
    private let margin: Duration

    /// Creates a pipeline.
    ///
    /// - Parameters:
    ///   - exporters: The connections to the collector; nil disables tracing.
    ///   - journals: Creates the journal of the buffer; nil disables it.
    ///   - settings: The limits of a flush.
    init(exporters: ExporterPool<CurlHandle>?, journals: Journals?, settings: TracingSettings) {
        self.exporters = exporters
        let journal = exporters == nil ? nil : journals?.make()
        self.journal = journal
        buffer = exporters.map { SpanBuffer(encoder: $0.encoder, journal: journal) }
        budget = settings.flushBudget
        margin = settings.deadlineMargin
    }

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

    private static let probeTimeoutMilliseconds = 500

    /// Delivers the buffer's spans.
    ///
    /// - Parameters:
    ///   - deadline: The invocation's deadline; the flush ends before it.
    ///   - waited: The time for which flushes have already delayed the response.
    /// - Returns: The result of the flush.
    func flush(before deadline: InvocationDeadline, after waited: Duration = .zero) -> FlushReport {
        guard let buffer, let exporters else { return FlushReport() }
        return exporters.flush(buffer, budget: max(.zero, flushBudget(before: deadline) - waited))
    }

    /// Returns the configured budget, limited by the deadline: at most the remaining time minus the margin or, within
    /// the margin, half of the remaining time.
    func flushBudget(before deadline: InvocationDeadline) -> Duration {
        let remaining = deadline.remaining
        return min(budget, max(remaining - margin, remaining / 2))
    }
}

/// Blocks the calling thread, which must not belong to the cooperative pool.
enum Pause {
    static func wait(_ duration: Duration) {
        var rest = timespec()
        let nanoseconds = duration.wholeNanoseconds
        rest.tv_sec = Int(clamping: nanoseconds / 1_000_000_000)
        rest.tv_nsec = Int(nanoseconds % 1_000_000_000)
        withUnsafeMutablePointer(to: &rest) { rest in
            while nanosleep(rest, rest) == -1, errno == EINTR {}
        }
    }
}
