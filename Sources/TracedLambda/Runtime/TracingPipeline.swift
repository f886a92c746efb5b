internal import CurlTransport
internal import Glibc
internal import SessionTracing
internal import SpanExport

/// From one worker's ended spans to the collector: the buffer, which tasks write to, and the exporters, which the worker's
/// threads drive.
///
/// Each worker has a buffer of its own, so that its flush is about its own invocation's spans and no other's.
struct TracingPipeline: Sendable {
    /// Nil when tracing is off.
    let buffer: SpanBuffer?
    /// Keeps a copy of the buffer for the next process; nil when there is none.
    let journal: CrashJournal?
    private let exporters: ExporterPool<CurlHandle>?
    private let budget: Duration
    private let margin: Duration

    /// - Parameters:
    ///   - exporters: Where spans go; nil turns tracing off.
    ///   - journals: Where the buffer's copy is kept; nil keeps none.
    ///   - settings: The limits of a flush.
    init(exporters: ExporterPool<CurlHandle>?, journals: Journals?, settings: TracingSettings) {
        self.exporters = exporters
        let journal = exporters == nil ? nil : journals?.make()
        self.journal = journal
        buffer = exporters.map { SpanBuffer(encoder: $0.encoder, journal: journal) }
        budget = settings.flushBudget
        margin = settings.deadlineMargin
    }

    /// What there is to do while the next handler runs.
    ///
    /// - Parameter deadline: How long the invocation may take.
    /// - Returns: The steps.
    func vigil(deadline: Duration) -> Vigil {
        Vigil(preparation: exporters?.preparation ?? .none, margin: margin, deadline: deadline)
    }

    /// Opens the connection to the collector, or asks whether the collector is back, unless it is interrupted.
    func prepare(before deadline: InvocationDeadline, interrupt: CurlInterrupt) {
        exporters?.prepare(timeout: flushBudget(before: deadline), interrupt: interrupt)
    }

    /// Asks whether the collector is back when it is time to, and handlers were too short to do it beside them.
    ///
    /// The caller has its response by now; only the next invocation can be kept waiting, and not for long.
    func probeIfDue() {
        guard let exporters, exporters.preparation == .probe else { return }
        exporters.prepare(timeout: .milliseconds(Self.probeTimeoutMilliseconds), interrupt: nil)
    }

    private static let probeTimeoutMilliseconds = 500

    /// Delivers what the buffer holds.
    ///
    /// - Parameters:
    ///   - deadline: The invocation's; a flush is over before it.
    ///   - waited: How long the response has been waiting for this already.
    /// - Returns: What happened.
    func flush(before deadline: InvocationDeadline, after waited: Duration = .zero) -> FlushReport {
        guard let buffer, let exporters else { return FlushReport() }
        return exporters.flush(buffer, budget: max(.zero, flushBudget(before: deadline) - waited))
    }

    /// The configured budget, or what the deadline leaves of it: all but the margin; within the margin, half of the rest.
    func flushBudget(before deadline: InvocationDeadline) -> Duration {
        let remaining = deadline.remaining
        return min(budget, max(remaining - margin, remaining / 2))
    }
}

/// Stops the calling thread, which must not be one of the cooperative pool.
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
