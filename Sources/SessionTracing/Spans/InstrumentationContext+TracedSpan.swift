package import Tracing

/// The current span and tracer in an instrumentation context.
///
/// They are stored as one value, because each lookup in a context costs as much as setting many attributes.
struct CurrentTrace: Sendable {
    var span: TracedSpan?
    /// The tracer of the innermost `withDistributedTraceContext`, or of a caller's context that a library has
    /// extracted.
    var scopedTracer: InvocationTracer?
    /// A caller's context that a library has extracted where there was no invocation.
    var extracted: ExtractedContext?

    /// A tracer of the invocation, or of the spans before the first one; nil without both.
    var tracer: InvocationTracer? { span?.tracer ?? scopedTracer }

    /// The span that a link to this context names.
    var linkTarget: TraceContext? {
        if let scopedTracer, let remote = scopedTracer.remoteParent, span?.tracer.remoteParent != remote {
            return remote
        }
        return span?.traceContext ?? extracted?.headers.parent
    }
}

/// The header fields of a caller.
///
/// A class, so that ``CurrentTrace`` has three words, which a context stores without an allocation.
final class ExtractedContext: Sendable {
    let headers: TraceHeaders

    init(_ headers: TraceHeaders) {
        self.headers = headers
    }
}

private enum CurrentTraceKey: InstrumentationContextKey {
    typealias Value = CurrentTrace
    static let nameOverride: String? = "tracedlambda"
}

extension InstrumentationContext {
    /// The current span and tracer, by which spans nest.
    var currentTrace: CurrentTrace {
        get { self[CurrentTraceKey.self] ?? CurrentTrace() }
        set { self[CurrentTraceKey.self] = newValue }
    }

    package var tracedSpan: TracedSpan? { currentTrace.span }
}
