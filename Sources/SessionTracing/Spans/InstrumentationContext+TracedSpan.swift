package import Tracing

/// Where code is in its invocation: what a context holds of ours, as one value, for each look into a context costs as much as
/// many attributes.
struct TracingPlace: Sendable {
    /// The current span.
    var span: TracedSpan?
    /// The tracer of the innermost `withDistributedTraceContext`.
    var scopedTracer: InvocationTracer?
}

private enum TracingPlaceKey: InstrumentationContextKey {
    typealias Value = TracingPlace
    static let nameOverride: String? = "tracedlambda"
}

extension InstrumentationContext {
    /// The one place where the task-local nesting is kept.
    var tracingPlace: TracingPlace {
        get { self[TracingPlaceKey.self] ?? TracingPlace() }
        set { self[TracingPlaceKey.self] = newValue }
    }

    /// The current span.
    package var tracedSpan: TracedSpan? { tracingPlace.span }
}
