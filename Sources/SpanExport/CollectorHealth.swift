internal import SessionTracing
internal import Synchronization

/// What is known of the collector, whichever connection it came by; shared by a process's exporters.
package final class CollectorHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// When the collector asked for a pause, by its own `Retry-After`, and for which.
        var quiet: (since: TraceClock.Moment, duration: Duration)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether the collector has not answered for a while.
    var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Whether a flush may ask the collector.
    func allowsFlush(at now: TraceClock.Moment) -> Bool { state.withLock { $0.breaker.allowsFlush(at: now) } }

    /// Whether it is time to ask whether the collector is back.
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

    /// How long the collector wants no request; zero when it takes them.
    func quietTime(at now: TraceClock.Moment) -> Duration {
        guard let quiet = state.withLock({ $0.quiet }) else { return .zero }
        return max(.zero, quiet.duration - now.elapsed(since: quiet.since))
    }

    /// Remembers a `Retry-After`; the later of two counts.
    func keepQuiet(for duration: Duration, from now: TraceClock.Moment) {
        guard duration > quietTime(at: now) else { return }
        state.withLock { $0.quiet = (now, duration) }
    }
}
