package import Tracing

/// The current span and tracer in an instrumentation context.
///
/// They are stored as one value, because each lookup in a context costs as much as setting many attributes.
struct CurrentTrace: Sendable {
    var span: TracedSpan?
    /// The tracer of the innermost `withDistributedTraceContext`.
    var scopedTracer: InvocationTracer?
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
