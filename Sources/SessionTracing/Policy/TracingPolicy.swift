/// The limits, sampling, redaction and propagation of a tracer.
package struct TracingPolicy: Sendable {
    package var limits: TracingLimits
    package var sampler: Sampler
    package var redaction: Redaction
    package var propagators: Propagators

    package init(
        limits: TracingLimits = TracingLimits(),
        sampler: Sampler = .default,
        redaction: Redaction = .standard,
        propagators: Propagators = .all
    ) {
        self.limits = limits
        self.sampler = sampler
        self.redaction = redaction
        self.propagators = propagators
    }
}
