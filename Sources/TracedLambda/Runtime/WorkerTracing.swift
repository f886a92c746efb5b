internal import SessionTracing
internal import SpanExport

/// What a worker needs for its traces.
struct WorkerTracing: Sendable {
    let pipeline: TracingPipeline
    let flushLog: FlushLog
    /// Nil when the process has no thread or no descriptor left for one: a timeout then leaves no trace.
    let attendant: Attendant?
    /// Where a shutdown finds what this worker has not delivered; nil when tracing is off.
    let place: WorkerRoster.Place?

    /// Makes the journal, and with it all else.
    init(_ process: FunctionProcess, hasThread: Bool) {
        pipeline = TracingPipeline(
            exporters: process.exporters,
            journals: process.journals,
            settings: process.resolver.settings
        )
        flushLog = FlushLog(journal: pipeline.journal)
        attendant = hasThread ? Attendant(pipeline, flushLog: flushLog) : nil
        let journal = pipeline.journal
        place = pipeline.buffer.map { process.roster.join($0, journal: journal) }
        if attendant == nil {
            process.logger.error("the system has no thread left to attend to handlers: a timeout leaves no trace")
        }
    }
}
