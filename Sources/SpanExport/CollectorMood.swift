internal import SessionTracing
internal import Synchronization

/// What the collector has asked of the whole process, whichever connection it said so on.
package final class CollectorMood: Sendable {
    /// Until then the collector wants no request, by its own `Retry-After`; in nanoseconds of the monotonic clock.
    private let quietUntilNanoseconds = Atomic<UInt64>(0)

    package init() {}

    /// How long the collector wants no request; zero when it takes them.
    func quietTime(at now: UInt64) -> Duration {
        let end = quietUntilNanoseconds.load(ordering: .relaxed)
        return end > now ? .nanoseconds(end - now) : .zero
    }

    /// Remembers a `Retry-After`; the later of two counts.
    func keepQuiet(for duration: Duration, from now: UInt64) {
        quietUntilNanoseconds.max(now &+ duration.wholeNanoseconds, ordering: .relaxed)
    }
}
