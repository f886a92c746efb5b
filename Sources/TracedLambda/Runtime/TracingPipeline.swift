internal import CurlTransport
internal import Glibc
internal import SessionTracing
internal import SpanExport

/// From one worker's ended spans to the collector: the buffer, which tasks write to, and the exporters, which the worker's
/// thread drives.
///
/// Each worker has a buffer of its own, so that its flush is about its own invocation's spans and no other's.
struct TracingPipeline: Sendable {
    /// Nil when tracing is off.
    let buffer: SpanBuffer?
    private let exporters: ExporterPool<CurlHandle>?
    private let budget: Duration
    private let margin: Duration

    /// - Parameters:
    ///   - exporters: Where spans go; nil turns tracing off.
    ///   - settings: The limits of a flush.
    init(exporters: ExporterPool<CurlHandle>?, settings: TracingSettings) {
        self.exporters = exporters
        buffer = exporters.map { SpanBuffer(encoder: $0.encoder) }
        budget = settings.flushBudget
        margin = settings.deadlineMargin
    }

    /// How long a handler may run undisturbed before what has ended so far is sent.
    func quietTime(before deadline: InvocationDeadline) -> Duration {
        max(.zero, deadline.remaining - margin)
    }

    /// Delivers what the buffer holds; blocks for the budget or until shortly before the deadline.
    func flush(before deadline: InvocationDeadline) -> FlushReport {
        flush(within: min(budget, max(.zero, deadline.remaining - margin)))
    }

    /// Delivers what has ended when the deadline is a margin away: half of the margin is for this, the rest is the handler's.
    func flushAtDeadline() -> FlushReport {
        flush(within: min(budget, margin / 2))
    }

    private func flush(within budget: Duration) -> FlushReport {
        guard let buffer, let exporters else { return FlushReport() }
        return exporters.flush(buffer, budget: budget)
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
