internal import Platform

/// Reads the two clocks of a span: the wall clock for its time, the monotonic clock for its duration.
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

    /// The wall time in whole seconds since the Unix epoch.
    package var unixSeconds: Int { Int(clamping: wallNanoseconds() / 1_000_000_000) }

    package static let system = TraceClock(
        wallNanoseconds: { read(CLOCK_REALTIME) },
        monotonicNanoseconds: { read(CLOCK_MONOTONIC) }
    )

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A point in time for measuring elapsed time, including the time during which the sandbox was frozen.
    ///
    /// In a frozen sandbox one of the clocks may stop, and the wall clock may be set back: the clock that advanced
    /// further is used.
    package struct Instant: Sendable, Equatable {
        private let wallNanoseconds: UInt64
        private let monotonicNanoseconds: UInt64

        package init(wallNanoseconds: UInt64, monotonicNanoseconds: UInt64) {
            self.wallNanoseconds = wallNanoseconds
            self.monotonicNanoseconds = monotonicNanoseconds
        }

        /// Returns the time from an earlier instant to this one; never negative.
        package func elapsed(since earlier: Instant) -> Duration {
            let wall = max(wallNanoseconds, earlier.wallNanoseconds) - earlier.wallNanoseconds
            let monotonic = max(monotonicNanoseconds, earlier.monotonicNanoseconds) - earlier.monotonicNanoseconds
            return .nanoseconds(max(wall, monotonic))
        }
    }

    package var now: Instant {
        Instant(wallNanoseconds: wallNanoseconds(), monotonicNanoseconds: monotonicNanoseconds())
    }

    /// A point in time at which both clocks were read.
    ///
    /// Times within an invocation are computed from one anchor, so that an adjustment of the wall clock cannot make a
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

        /// Returns the current time, in nanoseconds since the Unix epoch; never earlier than a previous result.
        package func unixNanoseconds() -> UInt64 {
            wallNanoseconds + (clock.monotonicNanoseconds() - monotonicNanoseconds)
        }
    }
}
