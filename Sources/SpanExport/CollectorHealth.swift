internal import SessionTracing
internal import Synchronization

/// The state of the collector, or of the session service, shared by all exporters of a process.
package final class CollectorHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// The last pause that the collector requested with `Retry-After`, with its start.
        var backoff: (since: TraceClock.Instant, duration: Duration)?
        var refusesCompression = false
    }

    private let state = Mutex(State())

    package init() {}

    /// True if the circuit breaker is open.
    var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Returns true if a flush may send requests to the collector.
    func allowsFlush(at now: TraceClock.Instant) -> Bool { state.withLock { $0.breaker.allowsFlush(at: now) } }

    /// Returns true if a probe of the collector is due.
    func isProbeDue(at now: TraceClock.Instant) -> Bool { state.withLock { $0.breaker.isProbeDue(at: now) } }

    func recordAnswer(at now: TraceClock.Instant) {
        state.withLock { $0.breaker.recordAnswer(at: now) }
    }

    func recordProbeAnswer(at now: TraceClock.Instant) {
        state.withLock { $0.breaker.recordProbeAnswer(at: now) }
    }

    func recordFailure(ofRequestAt start: TraceClock.Instant, at now: TraceClock.Instant) {
        state.withLock { $0.breaker.recordFailure(ofRequestAt: start, at: now) }
    }

    /// Returns the rest of the requested pause; zero if there is none.
    func remainingBackoff(at now: TraceClock.Instant) -> Duration {
        guard let backoff = state.withLock({ $0.backoff }) else { return .zero }
        return max(.zero, backoff.duration - now.elapsed(since: backoff.since))
    }

    /// True if the collector has refused a compressed request and not the same one uncompressed.
    var refusesCompression: Bool { state.withLock { $0.refusesCompression } }

    func recordRefusedCompression() {
        state.withLock { $0.refusesCompression = true }
    }

    /// The longest pause that a `Retry-After` causes, in seconds; then the spans that wait are sent again.
    static let maximumBackoffSeconds = 300

    /// Stores a `Retry-After`; the later of two ends is used.
    func backOff(for duration: Duration, from now: TraceClock.Instant) {
        let duration = min(duration, .seconds(Self.maximumBackoffSeconds))
        state.withLock { state in
            let rest = state.backoff.map { $0.duration - now.elapsed(since: $0.since) } ?? .zero
            if duration > rest { state.backoff = (now, duration) }
        }
    }
}
