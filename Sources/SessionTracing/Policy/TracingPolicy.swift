/// The limits, sampling, redaction, propagation, evaluation run and keeping by outcome of a tracer.
package struct TracingPolicy: Sendable {
    package var limits: TracingLimits
    package var sampler: Sampler
    package var redaction: Redaction
    package var propagators: Propagators
    /// The servers that receive the session with a call of the HTTP client.
    package var trustedServers: TrustedServers
    /// The ids of an evaluation run, used where the caller's baggage has none.
    package var evaluation: Baggage
    /// Decides at an invocation's end whether its spans are kept; nil to keep all.
    package var keep: KeepPolicy?

    package init(
        limits: TracingLimits = TracingLimits(),
        sampler: Sampler = .default,
        redaction: Redaction = .standard,
        propagators: Propagators = .all,
        trustedServers: TrustedServers = .none,
        evaluation: Baggage = Baggage(),
        keep: KeepPolicy? = nil
    ) {
        self.limits = limits
        self.sampler = sampler
        self.redaction = redaction
        self.propagators = propagators
        self.trustedServers = trustedServers
        self.evaluation = evaluation
        self.keep = keep
    }
}
