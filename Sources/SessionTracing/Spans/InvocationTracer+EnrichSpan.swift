internal import Tracing

extension InvocationTracer {
    /// The innermost current span of this invocation, or its root span if there is none; nil after the invocation.
    public var currentSpan: TracedSpan? {
        let trace = (InstrumentationContext.current ?? .topLevel).currentTrace
        return resolved(in: trace).localParent(in: trace)
    }

    /// Adds HoneyHive's fields to the current span; the `enrich_span` of HoneyHive's clients.
    ///
    /// ```swift
    /// context.tracer.enrichSpan(outputs: ["count": 3], metrics: ["score": 0.8])
    /// ```
    ///
    /// - Parameters:
    ///   - inputs: The inputs of the step.
    ///   - outputs: The results of the step.
    ///   - metadata: Arbitrary data about the step.
    ///   - metrics: Measured values; plain numbers, in units of your choice.
    ///   - config: The settings of the step.
    ///   - userProperties: Data about the user.
    ///   - error: The error message; marks the span as failed.
    ///   - feedback: Feedback of a user.
    public func enrichSpan(
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:]
    ) {
        currentSpan?.enrich(
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            error: error,
            feedback: feedback
        )
    }
}
