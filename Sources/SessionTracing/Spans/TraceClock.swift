internal import Glibc

/// Reads the two clocks of a span: the wall's for when it was, the monotonic one for how long it took.
package struct TraceClock: Sendable {
    package let wallNanoseconds: @Sendable () -> UInt64
    package let monotonicNanoseconds: @Sendable () -> UInt64

    package init(
        wallNanoseconds: @escaping @Sendable () -> UInt64,
        monotonicNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.wallNanoseconds = wallNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }

    package static let system = TraceClock(
        wallNanoseconds: { read(CLOCK_REALTIME) },
        monotonicNanoseconds: { read(CLOCK_MONOTONIC) }
    )

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A point in time, from which may be counted what has passed since, a freeze included.
    ///
    /// Of a sandbox that was frozen, one of the clocks may have stood still, and the wall's may be set back: the one that
    /// has gone on farther counts.
    package struct Moment: Sendable, Equatable {
        private let wallNanoseconds: UInt64
        private let monotonicNanoseconds: UInt64

        package init(wallNanoseconds: UInt64, monotonicNanoseconds: UInt64) {
            self.wallNanoseconds = wallNanoseconds
            self.monotonicNanoseconds = monotonicNanoseconds
        }

        /// The time from an earlier moment to this one; never negative.
        package func elapsed(since earlier: Moment) -> Duration {
            let wall = max(wallNanoseconds, earlier.wallNanoseconds) - earlier.wallNanoseconds
            let monotonic = max(monotonicNanoseconds, earlier.monotonicNanoseconds) - earlier.monotonicNanoseconds
            return .nanoseconds(max(wall, monotonic))
        }
    }

    package var now: Moment {
        Moment(wallNanoseconds: wallNanoseconds(), monotonicNanoseconds: monotonicNanoseconds())
    }

    /// A point where both clocks were read together.
    ///
    /// Times within an invocation are counted from one anchor, so a step of the wall clock in between cannot make a
    /// span end before it starts.
    package struct Anchor: Sendable {
        private let clock: TraceClock
        private let wallNanoseconds: UInt64
        private let monotonicNanoseconds: UInt64

        package init(_ clock: TraceClock) {
            self.clock = clock
            wallNanoseconds = clock.wallNanoseconds()
            monotonicNanoseconds = clock.monotonicNanoseconds()
        }

        /// Nanoseconds since the Unix epoch, never earlier than an earlier answer.
        package func unixNanoseconds() -> UInt64 {
            wallNanoseconds + (clock.monotonicNanoseconds() - monotonicNanoseconds)
        }
    }
}
