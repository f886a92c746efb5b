/// What is recorded of an invocation, and how much of it.
package struct TracingPolicy: Sendable {
    package var limits: TracingLimits
    package var sampler: Sampler
    package var redaction: Redaction

    package init(
        limits: TracingLimits = TracingLimits(),
        sampler: Sampler = .default,
        redaction: Redaction = .standard
    ) {
        self.limits = limits
        self.sampler = sampler
        self.redaction = redaction
    }
}
