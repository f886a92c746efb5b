internal import Tracing

extension InvocationTracer {
    /// Adds to the session itself, rather than to a span of it: `enrich_session` of HoneyHive's clients.
    ///
    /// All calls of an invocation are merged and sent once, by the flush that ends it, under the same limits and retries as the
    /// spans. With a collector that is not HoneyHive there is no session to add to, and nothing is sent.
    ///
    /// - Parameters:
    ///   - metadata: Anything about the session; merged with what is there.
    ///   - feedback: What a user said of it; merged.
    ///   - metrics: What was measured; merged.
    ///   - outputs: What it made; replaces what is there.
    ///   - config: The settings that it ran with; merged.
    ///   - userProperties: About the user; merged.
    public func enrichSession(
        metadata: [String: AttributeValue] = [:],
        feedback: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:]
    ) {
        let tracer = resolved(at: (InstrumentationContext.current ?? .topLevel).tracingPlace)
        guard tracer.isSampled else { return }
        let documents: [(SessionEnrichment.Document, [String: AttributeValue])] = [
            (.metadata, metadata), (.feedback, feedback), (.metrics, metrics), (.outputs, outputs), (.config, config),
            (.userProperties, userProperties),
        ]
        let redacted = documents.filter { !$1.isEmpty }.map { ($0, policy.redaction.apply(to: $1)) }
        guard !redacted.isEmpty else { return }
        updateEnrichment(of: tracer.session.id) { enrichment in
            for (document, members) in redacted { enrichment.merge(members, into: document) }
        }
    }
}
