internal import SessionTracing
internal import Synchronization

/// When a handler ended: from then on the response waits, whatever the worker's thread is doing.
final class HandlerEnd: Sendable {
    private let clock: TraceClock
    /// Zero while the handler runs.
    private let nanoseconds = Atomic<UInt64>(0)

    init(clock: TraceClock) {
        self.clock = clock
    }

    func note() {
        nanoseconds.store(clock.monotonicNanoseconds(), ordering: .relaxed)
    }

    /// How long ago that was; zero while the handler runs.
    var elapsed: Duration {
        let end = nanoseconds.load(ordering: .relaxed)
        return end == 0 ? .zero : .nanoseconds(clock.monotonicNanoseconds() - end)
    }
}
