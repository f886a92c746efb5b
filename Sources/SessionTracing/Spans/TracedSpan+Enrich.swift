extension TracedSpan {
    /// Adds HoneyHive's fields to the span.
    ///
    /// Can be called many times: values of the same key are replaced, others stay. Nested values are flattened as HoneyHive's
    /// clients do: `outputs: ["a": ["b": 1]]` becomes `honeyhive_outputs.a.b`.
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
        // A rule of the user's runs outside the lock: it may look at this span.
        let enrichment = Enrichment(
            inputs: inputs,
            outputs: outputs,
            metadata: metadata,
            metrics: metrics,
            config: config,
            userProperties: userProperties,
            error: error,
            feedback: feedback,
            redaction: tracer.policy.redaction
        )
        guard !enrichment.isEmpty else { return }
        update { state in
            enrichment.write(to: &state.attributes)
            if let error, state.status != .ok { state.status = .error(message: error) }
        }
    }

    /// Sets one attribute under its own name, outside HoneyHive's fields.
    ///
    /// - Parameters:
    ///   - key: The attribute's name, as in OpenTelemetry's semantic conventions.
    ///   - value: Its value; replaces one that is there.
    public func setAttribute(_ key: String, to value: AttributeValue) {
        update { $0.attributes.set(key, to: value) }
    }
}
