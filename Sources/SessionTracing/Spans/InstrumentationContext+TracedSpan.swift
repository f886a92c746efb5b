package import Tracing

/// The current span and tracer in an instrumentation context.
///
/// They are stored as one value, because each lookup in a context costs as much as setting many attributes.
struct TracingPlace: Sendable {
    var span: TracedSpan?
    /// The tracer of the innermost `withDistributedTraceContext`.
    var scopedTracer: InvocationTracer?
}

private enum TracingPlaceKey: InstrumentationContextKey {
    typealias Value = TracingPlace
    static let nameOverride: String? = "tracedlambda"
}

extension InstrumentationContext {
    /// The current span and tracer, by which spans nest.
    var tracingPlace: TracingPlace {
        get { self[TracingPlaceKey.self] ?? TracingPlace() }
        set { self[TracingPlaceKey.self] = newValue }
    }

    package var tracedSpan: TracedSpan? { tracingPlace.span }
}
