internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

/// What all workers of a process share.
struct FunctionProcess: Sendable {
    let handler: InvocationHandler
    /// Nil when tracing is off.
    let exporters: ExporterPool<CurlHandle>?
    /// Nil when tracing or the journal is off.
    let journals: Journals?
    let requests: RuntimeRequests
    let resolver: SessionResolver
    let function: FunctionIdentity
    let logger: Logger
    let coldStart = ColdStart()
    let roster = WorkerRoster()
}
