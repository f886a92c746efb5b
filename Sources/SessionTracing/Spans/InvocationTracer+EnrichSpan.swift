internal import Tracing

extension InvocationTracer {
    /// The innermost span of this invocation around the caller, wherever its code is; the root span where there is none around
    /// it; nil after the invocation.
    public var currentSpan: TracedSpan? {
        let place = (InstrumentationContext.current ?? .topLevel).tracingPlace
        return resolved(at: place).localParent(at: place)
    }

    /// Adds HoneyHive's fields to the current span: `enrich_span` of HoneyHive's clients.
    ///
    /// - Parameters:
    ///   - inputs: What the step was given.
    ///   - outputs: What it made.
    ///   - metadata: Anything about it.
    ///   - metrics: What was measured; plain numbers, in units of your choice.
    ///   - config: The settings that it ran with.
    ///   - userProperties: About the user it ran for.
    ///   - error: Why it failed; marks the span as failed.
    ///   - feedback: What a user said of it.
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
