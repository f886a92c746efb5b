internal import Tracing

extension InvocationTracer {
    /// Runs a step inside a new span, which is the current span within the body.
    ///
    /// ```swift
    /// let documents = try await context.tracer.enrichSpanContext(
    ///     eventName: "retrieve",
    ///     inputs: ["query": .string(query)]
    /// ) { span in
    ///     let found = try await search(query)
    ///     span.enrich(outputs: ["count": .int(found.count)])
    ///     return found
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - eventName: The step's name.
    ///   - type: The step's type; nil infers it from the attributes and the name, as HoneyHive's clients do.
    ///   - inputs: The inputs of the step.
    ///   - outputs: The results of the step, if known in advance.
    ///   - metadata: Arbitrary data about the step.
    ///   - metrics: Measured values; plain numbers, in units of your choice.
    ///   - config: The settings of the step.
    ///   - userProperties: Data about the user.
    ///   - error: The error message; marks the span as failed.
    ///   - feedback: Feedback of a user.
    ///   - body: The step. Its span ends when it returns or throws.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span; nothing else.
    public nonisolated(nonsending) func enrichSpanContext<Result>(
        eventName: String,
        type: EventType? = nil,
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:],
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        let span = startStep(
            eventName,
            type: type,
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            error: error,
            feedback: feedback
        )
        defer { span.end() }
        do {
            return try await InstrumentationContext.$current.withValue(span.context) { try await body(span) }
        } catch {
            span.recordThrown(error)
            throw error
        }
    }

    // Disfavored, because Swift 6.2 otherwise selects this overload for some calls marked `await`, and then warns that
    // nothing is awaited. Synchronous code still uses it.

    /// Runs a synchronous step inside a new span, which is the current span within the body.
    ///
    /// This is the overload for code that is not asynchronous; otherwise it is equal to the other one.
    ///
    /// ```swift
    /// let answer = context.tracer.enrichSpanContext(eventName: "compose") { span in
    ///     let answer = compose(documents)
    ///     span.enrich(outputs: ["length": .int(answer.count)])
    ///     return answer
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - eventName: The step's name.
    ///   - type: The step's type; nil infers it from the attributes and the name, as HoneyHive's clients do.
    ///   - inputs: The inputs of the step.
    ///   - outputs: The results of the step, if known in advance.
    ///   - metadata: Arbitrary data about the step.
    ///   - metrics: Measured values; plain numbers, in units of your choice.
    ///   - config: The settings of the step.
    ///   - userProperties: Data about the user.
    ///   - error: The error message; marks the span as failed.
    ///   - feedback: Feedback of a user.
    ///   - body: The step. Its span ends when it returns or throws.
    /// - Returns: The body's result.
    /// - Throws: The body's error, after it has been recorded on the span; nothing else.
    @_disfavoredOverload
    public func enrichSpanContext<Result>(
        eventName: String,
        type: EventType? = nil,
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:],
        _ body: (TracedSpan) throws -> Result
    ) rethrows -> Result {
        let span = startStep(
            eventName,
            type: type,
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            error: error,
            feedback: feedback
        )
        defer { span.end() }
        do {
            return try InstrumentationContext.$current.withValue(span.context) { try body(span) }
        } catch {
            span.recordThrown(error)
            throw error
        }
    }

    /// Starts a step's span under the current one.
    private func startStep(
        _ eventName: String,
        type: EventType?,
        inputs: [String: AttributeValue],
        outputs: [String: AttributeValue],
        metadata: [String: AttributeValue],
        metrics: [String: AttributeValue],
        config: [String: AttributeValue],
        userProperties: [String: AttributeValue],
        error: String?,
        feedback: [String: AttributeValue]
    ) -> TracedSpan {
        let context = InstrumentationContext.current ?? .topLevel
        let trace = context.currentTrace
        let span = resolved(in: trace)
            .startSpan(eventName, kind: .internal, eventType: type, context: context, in: trace)
        span.enrich(
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            error: error,
            feedback: feedback
        )
        return span
    }
}
