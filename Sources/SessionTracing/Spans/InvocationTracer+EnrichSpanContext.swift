internal import Tracing

extension InvocationTracer {
    /// Runs a step inside a span of its own, which is the current one for everything within.
    ///
    /// ```swift
    /// let documents = try await context.tracer.enrichSpanContext(eventName: "retrieve", inputs: ["query": .string(query)]) { span in
    ///     let found = try await search(query)
    ///     span.enrich(outputs: ["count": .int(found.count)])
    ///     return found
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - eventName: The step's name.
    ///   - type: Its kind; nil infers it from the attributes and the name as HoneyHive's clients do.
    ///   - inputs: What the step is given.
    ///   - outputs: What it makes, when that is known beforehand.
    ///   - metadata: Anything about it.
    ///   - metrics: What was measured; plain numbers, in units of your choice.
    ///   - config: The settings that it runs with.
    ///   - userProperties: About the user it runs for.
    ///   - error: Why it failed; marks the span as failed.
    ///   - feedback: What a user said of it.
    ///   - body: The step. Its span ends when it returns or throws.
    /// - Returns: What the step returns.
    /// - Throws: What the step throws, after it has been recorded on the span, once. Nothing else.
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

    // Disfavored, because Swift 6.2 otherwise takes this form for some calls that say `await`, and then warns that nothing
    // is awaited. Code that is not asynchronous gets it all the same.

    /// Runs a step that waits for nothing inside a span of its own, which is the current one for everything within.
    ///
    /// This is the form for code that is not asynchronous; in all else it does as the other one.
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
    ///   - type: Its kind; nil infers it from the attributes and the name as HoneyHive's clients do.
    ///   - inputs: What the step is given.
    ///   - outputs: What it makes, when that is known beforehand.
    ///   - metadata: Anything about it.
    ///   - metrics: What was measured; plain numbers, in units of your choice.
    ///   - config: The settings that it runs with.
    ///   - userProperties: About the user it runs for.
    ///   - error: Why it failed; marks the span as failed.
    ///   - feedback: What a user said of it.
    ///   - body: The step. Its span ends when it returns or throws.
    /// - Returns: What the step returns.
    /// - Throws: What the step throws, after it has been recorded on the span, once. Nothing else.
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
        let place = context.tracingPlace
        let span = resolved(at: place)
            .startSpan(eventName, kind: .internal, eventType: type, context: context, at: place)
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
