internal import SessionTracing
internal import SpanExport

/// The objects that a worker needs for tracing.
struct WorkerTracing: Sendable {
    let pipeline: TracingPipeline
    let flushLog: FlushLog
    /// The deadline monitor; nil if its thread or timer could not be created: timeouts are then not traced.
    let deadlineMonitor: DeadlineMonitor?
    /// The worker's entry in the registry; nil if tracing is disabled.
    let registryEntry: WorkerRegistry.Entry?

    /// Creates the journal and the objects that depend on it.
    init(_ process: FunctionProcess, hasThread: Bool) {
        pipeline = TracingPipeline(
            exporters: process.exporters,
            journals: process.journals,
            settings: process.resolver.settings
        )
        flushLog = FlushLog(journal: pipeline.journal, problems: process.problems)
        deadlineMonitor = hasThread ? DeadlineMonitor(pipeline, flushLog: flushLog) : nil
        let journal = pipeline.journal
        registryEntry = pipeline.buffer.map { process.workers.register($0, journal: journal) }
        if deadlineMonitor == nil {
            process.logger.error("the deadline thread could not be started: timeouts are not traced")
        }
    }
}
