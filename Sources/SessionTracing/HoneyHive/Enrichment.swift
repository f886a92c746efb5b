internal import Tracing

/// HoneyHive's fields of a step, from one call that enriches its span.
///
/// A new field is a property here, a parameter of the functions below, and a group of ``HoneyHiveField``.
struct HoneyHiveFields {
    var inputs: [String: AttributeValue] = [:]
    var outputs: [String: AttributeValue] = [:]
    var metadata: [String: AttributeValue] = [:]
    var metrics: [String: AttributeValue] = [:]
    var config: [String: AttributeValue] = [:]
    var userProperties: [String: AttributeValue] = [:]
    var error: String?
    var feedback: [String: AttributeValue] = [:]

    /// All fields except the error.
    var groups: KeyValuePairs<HoneyHiveField.SpanFieldGroup, [String: AttributeValue]> {
        [
            .inputs: inputs, .outputs: outputs, .metadata: metadata, .metrics: metrics, .config: config,
            .userProperties: userProperties, .feedback: feedback,
        ]
    }

    /// True if there is nothing to record; without ``groups``, because it is asked for each span.
    var isEmpty: Bool {
        error == nil && inputs.isEmpty && outputs.isEmpty && metadata.isEmpty && metrics.isEmpty && config.isEmpty
            && userProperties.isEmpty && feedback.isEmpty
    }

    /// Returns the fields as they may be recorded.
    func redacted(by redaction: Redaction) -> HoneyHiveFields {
        HoneyHiveFields(
            inputs: redaction.redacted(inputs),
            outputs: redaction.redacted(outputs),
            metadata: redaction.redacted(metadata),
            metrics: redaction.redacted(metrics),
            config: redaction.redacted(config),
            userProperties: redaction.redacted(userProperties),
            error: error.map { redaction.redacted($0, as: .error) },
            feedback: redaction.redacted(feedback)
        )
    }
}

extension TracedSpan {
    /// Adds HoneyHive's fields to the span.
    ///
    /// Can be called repeatedly: values of the same key are replaced, others are kept. Nested values are flattened as
    /// by HoneyHive's clients: `outputs: ["a": ["b": 1]]` becomes `honeyhive_outputs.a.b`.
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
    public func enrich(
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:]
    ) {
        enrich(
            HoneyHiveFields(
                inputs: inputs,
                outputs: outputs,
                metadata: metadata,
                metrics: metrics,
                config: config,
                userProperties: userProperties,
                error: error,
                feedback: feedback
            )
        )
    }

    func enrich(_ fields: HoneyHiveFields) {
        guard !fields.isEmpty else { return }
        // A custom redaction rule runs outside the lock, because it may read this span.
        let fields = fields.redacted(by: tracer.redaction)
        update { state in
            state.attributes.replace(fields)
            guard let error = fields.error else { return }
            state.attributes.set(HoneyHiveField.error, to: .string(error), priority: .required)
            if state.status != .ok { state.status = .error(message: error) }
        }
    }
}

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
            HoneyHiveFields(
                inputs: inputs,
                outputs: outputs,
                metadata: metadata,
                metrics: metrics,
                config: config,
                userProperties: userProperties,
                error: error,
                feedback: feedback
            )
        )
    }

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
    ///   - attributes: Attributes under their own names, outside HoneyHive's fields, as in ``TracedSpan/setAttribute(_:to:)``.
    ///   - sessionID: The id of the step's session, and of all steps within it; nil uses the current session.
    ///   - project: The HoneyHive project of the step and of all steps within it; nil uses the current one.
    ///   - source: The HoneyHive source of the step and of all steps within it; nil uses the current one.
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
        attributes: [String: AttributeValue] = [:],
        sessionID: String? = nil,
        project: String? = nil,
        source: String? = nil,
        _ body: nonisolated(nonsending) (TracedSpan) async throws -> Result
    ) async rethrows -> Result {
        let span = startStep(
            eventName,
            type: type,
            HoneyHiveFields(
                inputs: inputs,
                outputs: outputs,
                metadata: metadata,
                metrics: metrics,
                config: config,
                userProperties: userProperties,
                error: error,
                feedback: feedback
            ),
            attributes,
            in: StepSession(id: sessionID, project: project, source: source)
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
    ///   - attributes: Attributes under their own names, outside HoneyHive's fields, as in ``TracedSpan/setAttribute(_:to:)``.
    ///   - sessionID: The id of the step's session, and of all steps within it; nil uses the current session.
    ///   - project: The HoneyHive project of the step and of all steps within it; nil uses the current one.
    ///   - source: The HoneyHive source of the step and of all steps within it; nil uses the current one.
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
        attributes: [String: AttributeValue] = [:],
        sessionID: String? = nil,
        project: String? = nil,
        source: String? = nil,
        _ body: (TracedSpan) throws -> Result
    ) rethrows -> Result {
        let span = startStep(
            eventName,
            type: type,
            HoneyHiveFields(
                inputs: inputs,
                outputs: outputs,
                metadata: metadata,
                metrics: metrics,
                config: config,
                userProperties: userProperties,
                error: error,
                feedback: feedback
            ),
            attributes,
            in: StepSession(id: sessionID, project: project, source: source)
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
    func startStep(
        _ eventName: String,
        type: EventType?,
        kind: SpanRecord.Kind = .internal,
        _ fields: HoneyHiveFields,
        _ attributes: [String: AttributeValue] = [:],
        in session: StepSession = StepSession()
    ) -> TracedSpan {
        let context = InstrumentationContext.current ?? .topLevel
        var current = context.currentTrace
        var tracer = resolved(in: current)
        if !session.isCurrent {
            tracer = tracer.scoped(sessionID: session.id, project: session.project, source: session.source)
            current.scopedTracer = tracer
        }
        let span = tracer.startSpan(eventName, kind: kind, eventType: type, context: context, in: current)
        for (key, value) in attributes { span.setAttribute(key, to: value) }
        span.enrich(fields)
        return span
    }

    /// The explicit session of a step.
    struct StepSession {
        var id: String?
        var project: String?
        var source: String?

        var isCurrent: Bool { id == nil && project == nil && source == nil }
    }

    /// Adds fields to the session itself rather than to a span; the `enrich_session` of HoneyHive's clients.
    ///
    /// All calls of an invocation are merged into one request per session, which the flush at its end sends with the
    /// same limits and retries as the spans. With a collector other than HoneyHive nothing is sent.
    ///
    /// ```swift
    /// context.tracer.enrichSession(metadata: ["tenant": "acme"], metrics: ["satisfaction": 0.9])
    /// ```
    ///
    /// - Parameters:
    ///   - inputs: The inputs of the session; HoneyHive's server takes them as the member `inputs` of its metadata.
    ///   - metadata: Arbitrary data about the session; merged with existing values.
    ///   - feedback: Feedback of a user; merged with existing values.
    ///   - metrics: Measured values, in units of your choice; merged with existing values.
    ///   - outputs: The results of the session; replaces existing values.
    ///   - config: The settings of the session; merged with existing values.
    ///   - userProperties: Data about the user; merged with existing values.
    ///   - sessionID: The session's id; nil or blank uses the current session. A text that is not a UUID is converted
    ///     as one in an event.
    public func enrichSession(
        inputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        feedback: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        sessionID: String? = nil
    ) {
        let tracer = resolved(in: (InstrumentationContext.current ?? .topLevel).currentTrace)
        guard tracer.isSampled else { return trace.count(.sessionUpdateNotSampled) }
        let fields = HoneyHiveFields(
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            feedback: feedback
        )
        let redacted = fields.redacted(by: policy.redaction).groups.filter { !$1.isEmpty }
        guard !redacted.isEmpty else { return }
        let session = sessionID.flatMap { SessionID($0) } ?? tracer.session.id
        let maximumBytes = policy.limits.valueBytes
        let truncated = redacted.map { ($0, $1.mapValues { $0.truncated(toUTF8Bytes: maximumBytes) }) }
        trace.updateEnrichment(of: session) { enrichment in
            for (group, members) in truncated { enrichment.merge(members, into: group) }
        }
    }
}
