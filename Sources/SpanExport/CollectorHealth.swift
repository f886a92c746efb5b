internal import SessionTracing
internal import Synchronization

/// The state of the collector, shared by all exporters of a process.
package final class CollectorHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// The last pause that the collector requested with `Retry-After`, with its start.
        var quiet: (since: TraceClock.Moment, duration: Duration)?
    }

    private let state = Mutex(State())

    package init() {}

    /// True if the circuit breaker is open.
    var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Returns true if a flush may send requests to the collector.
    func allowsFlush(at now: TraceClock.Moment) -> Bool { state.withLock { $0.breaker.allowsFlush(at: now) } }

    /// Returns true if a probe of the collector is due.
    func isProbeDue(at now: TraceClock.Moment) -> Bool { state.withLock { $0.breaker.isProbeDue(at: now) } }

    func noteAnswer() {
        state.withLock { $0.breaker.noteAnswer() }
    }

    func noteSignOfLife() {
        state.withLock { $0.breaker.noteSignOfLife() }
    }

    func noteFailure(at now: TraceClock.Moment) {
        state.withLock { $0.breaker.noteFailure(at: now) }
    }

    /// Returns the rest of the requested pause; zero if there is none.
    func quietTime(at now: TraceClock.Moment) -> Duration {
        guard let quiet = state.withLock({ $0.quiet }) else { return .zero }
        return max(.zero, quiet.duration - now.elapsed(since: quiet.since))
    }

    /// Stores a `Retry-After`; the later of two ends is used.
    func keepQuiet(for duration: Duration, from now: TraceClock.Moment) {
        guard duration > quietTime(at: now) else { return }
        state.withLock { $0.quiet = (now, duration) }
    }
}
