package import Tracing

private enum TracedSpanKey: InstrumentationContextKey {
    typealias Value = TracedSpan
    static let nameOverride: String? = "tracedlambda-span"
}

extension InstrumentationContext {
    /// The current span: the one place where the task-local nesting is kept.
    package var tracedSpan: TracedSpan? {
        get { self[TracedSpanKey.self] }
        set { self[TracedSpanKey.self] = newValue }
    }
}
