internal import CurlTransport
internal import Glibc
internal import SessionTracing
internal import SpanExport

/// From ended spans to the collector: the buffer, which tasks write to, and the exporter, which the worker's thread drives.
struct TracingPipeline: ~Copyable {
    /// Nil when tracing is off.
    let buffer: SpanBuffer?
    private var exporter: HTTPSpanExporter<CurlHandle>?
    private let budget: Duration
    private let margin: Duration

    /// - Parameters:
    ///   - destination: Where spans go; nil turns tracing off.
    ///   - settings: The limits of a flush.
    ///   - environment: Describes the function.
    /// - Throws: ``CurlError`` when libcurl cannot start.
    init(
        destination: ExportDestination?,
        settings: TracingSettings,
        environment: Environment
    ) throws(CurlError) {
        budget = settings.flushBudget
        margin = settings.deadlineMargin
        guard let destination else {
            buffer = nil
            exporter = nil
            return
        }
        let version = TracedLambdaVersion.current
        let resource = ResourceAttributes.make(from: environment, version: version)
        let encoder = SpanEncoder(format: destination.format, resource: resource, scopeVersion: version)
        buffer = SpanBuffer(encoder: encoder)
        exporter = HTTPSpanExporter(transport: try CurlHandle(), destination: destination, wait: { Pause.wait($0) })
    }

    /// How long a handler may run undisturbed before what has ended so far is sent.
    func quietTime(before deadline: InvocationDeadline) -> Duration {
        max(.zero, deadline.remaining - margin)
    }

    /// Delivers what the buffer holds; blocks for the budget or until shortly before the deadline.
    mutating func flush(before deadline: InvocationDeadline) -> FlushReport {
        guard let buffer else { return FlushReport() }
        return exporter?.flush(buffer, budget: min(budget, max(.zero, deadline.remaining - margin))) ?? FlushReport()
    }

    /// Delivers what has ended when the deadline is a margin away: half of the margin is for this, the rest is the handler's.
    mutating func flushAtDeadline() -> FlushReport {
        guard let buffer else { return FlushReport() }
        return exporter?.flush(buffer, budget: min(budget, margin / 2)) ?? FlushReport()
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
