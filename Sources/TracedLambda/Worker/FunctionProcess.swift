internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

/// The objects shared by all workers of a process.
struct FunctionProcess: Sendable {
    let handler: InvocationHandler
    /// Nil if tracing is disabled.
    let exporters: ExporterPool<CurlHandle>?
    /// Nil if tracing or the journal is disabled.
    let journals: Journals?
    let requests: RuntimeRequests
    let resolver: SessionResolver
    let function: FunctionIdentity
    let logger: Logger
    let coldStart = ColdStart()
    let problems = ProblemLog()
    let workers = WorkerRegistry()
}
