internal import SessionTracing

/// The moment at which a flush must be over.
struct FlushDeadline {
    private let clock: TraceClock
    private let endNanoseconds: UInt64

    init(clock: TraceClock, budget: Duration) {
        self.clock = clock
        endNanoseconds = clock.monotonicNanoseconds() &+ max(budget, .zero).wholeNanoseconds
    }

    /// Never negative.
    var remaining: Duration {
        let now = clock.monotonicNanoseconds()
        return now < endNanoseconds ? .nanoseconds(endNanoseconds - now) : .zero
    }
}
