internal import SessionTracing
internal import Synchronization

/// What is known of the collector, whichever connection it came by; shared by a process's exporters.
package final class CollectorHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// Until then the collector wants no request, by its own `Retry-After`; in nanoseconds of the monotonic clock.
        var quietUntilNanoseconds: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether flushes leave the collector alone.
    var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Whether it is time to ask whether the collector is back.
    func isProbeDue(at now: UInt64) -> Bool { state.withLock { $0.breaker.isProbeDue(at: now) } }

    func noteAnswer() {
        state.withLock { $0.breaker.noteAnswer() }
    }

    func noteSignOfLife() {
        state.withLock { $0.breaker.noteSignOfLife() }
    }

    func noteFailure(at now: UInt64) {
        state.withLock { $0.breaker.noteFailure(at: now) }
    }

    /// How long the collector wants no request; zero when it takes them.
    func quietTime(at now: UInt64) -> Duration {
        let end = state.withLock { $0.quietUntilNanoseconds }
        return end > now ? .nanoseconds(end - now) : .zero
    }

    /// Remembers a `Retry-After`; the later of two counts.
    func keepQuiet(for duration: Duration, from now: UInt64) {
        state.withLock { $0.quietUntilNanoseconds = max($0.quietUntilNanoseconds, now &+ duration.wholeNanoseconds) }
    }
}
