/// The limits, sampling, redaction, propagation and evaluation run of a tracer.
package struct TracingPolicy: Sendable {
    package var limits: TracingLimits
    package var sampler: Sampler
    package var redaction: Redaction
    package var propagators: Propagators
    /// The ids of an evaluation run, used where the caller's baggage has none.
    package var evaluation: Baggage

    package init(
        limits: TracingLimits = TracingLimits(),
        sampler: Sampler = .default,
        redaction: Redaction = .standard,
        propagators: Propagators = .all,
        evaluation: Baggage = Baggage()
    ) {
        self.limits = limits
        self.sampler = sampler
        self.redaction = redaction
        self.propagators = propagators
        self.evaluation = evaluation
    }
}
