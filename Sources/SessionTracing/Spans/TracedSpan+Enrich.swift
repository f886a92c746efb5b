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
        // A custom redaction rule runs outside the lock, because it may read this span.
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
    ///   - value: The attribute's value; replaces an existing one.
    public func setAttribute(_ key: String, to value: AttributeValue) {
        update { $0.attributes.set(key, to: value) }
    }
}
