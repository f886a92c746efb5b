internal import SessionTracing

/// The time at which a flush must end.
package struct FlushDeadline {
    private let clock: TraceClock
    private let endNanoseconds: UInt64

    init(clock: TraceClock, budget: Duration) {
        self.clock = clock
        endNanoseconds = clock.monotonicNanoseconds() &+ max(budget, .zero).wholeNanoseconds
    }

    /// The remaining time; never negative.
    var remaining: Duration {
        let now = clock.monotonicNanoseconds()
        return now < endNanoseconds ? .nanoseconds(endNanoseconds - now) : .zero
    }
}
