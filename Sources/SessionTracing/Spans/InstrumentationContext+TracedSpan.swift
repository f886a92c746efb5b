package import Tracing

private enum TracedSpanKey: InstrumentationContextKey {
    typealias Value = TracedSpan
    static let nameOverride: String? = "tracedlambda-span"
}

private enum ScopedTracerKey: InstrumentationContextKey {
    typealias Value = InvocationTracer
    static let nameOverride: String? = "tracedlambda-scope"
}

extension InstrumentationContext {
    /// The current span: the one place where the task-local nesting is kept.
    package var tracedSpan: TracedSpan? {
        get { self[TracedSpanKey.self] }
        set { self[TracedSpanKey.self] = newValue }
    }

    /// The tracer of the innermost `withDistributedTraceContext`.
    var scopedTracer: InvocationTracer? {
        get { self[ScopedTracerKey.self] }
        set { self[ScopedTracerKey.self] = newValue }
    }
}
