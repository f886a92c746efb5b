internal import Tracing

extension InvocationTracer {
    /// Adds fields to the session itself rather than to a span; the `enrich_session` of HoneyHive's clients.
    ///
    /// All calls of an invocation are merged and sent in one request by the flush at its end, with the same limits and
    /// retries as the spans. With a collector other than HoneyHive nothing is sent.
    ///
    /// ```swift
    /// context.tracer.enrichSession(metadata: ["tenant": "acme"], metrics: ["satisfaction": 0.9])
    /// ```
    ///
    /// - Parameters:
    ///   - metadata: Arbitrary data about the session; merged with existing values.
    ///   - feedback: Feedback of a user; merged with existing values.
    ///   - metrics: Measured values, in units of your choice; merged with existing values.
    ///   - outputs: The results of the session; replaces existing values.
    ///   - config: The settings of the session; merged with existing values.
    ///   - userProperties: Data about the user; merged with existing values.
    public func enrichSession(
        metadata: [String: AttributeValue] = [:],
        feedback: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:]
    ) {
        let tracer = resolved(in: (InstrumentationContext.current ?? .topLevel).currentTrace)
        guard tracer.isSampled else { return }
        let groups: [(SessionEnrichment.SessionFieldGroup, [String: AttributeValue])] = [
            (.metadata, metadata), (.feedback, feedback), (.metrics, metrics), (.outputs, outputs), (.config, config),
            (.userProperties, userProperties),
        ]
        let redacted = groups.filter { !$1.isEmpty }.map { ($0, policy.redaction.apply(to: $1)) }
        guard !redacted.isEmpty else { return }
        updateEnrichment(of: tracer.session.id) { enrichment in
            for (group, members) in redacted { enrichment.merge(members, into: group) }
        }
    }
}
