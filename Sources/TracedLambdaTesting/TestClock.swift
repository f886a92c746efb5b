internal import SessionTracing
internal import Synchronization

/// A clock that advances only on request.
public final class TestClock: Sendable {
    /// 2026-01-01T00:00:00Z, in nanoseconds since the Unix epoch.
    private static let startUnixNanoseconds: UInt64 = 1_767_225_600_000_000_000

    private let elapsedNanoseconds = Mutex<UInt64>(0)

    /// Creates a clock at 2026-01-01T00:00:00Z.
    public init() {}

    /// Advances the clock.
    ///
    /// - Parameter duration: The time to advance by; a negative duration counts as zero.
    public func advance(by duration: Duration) {
        elapsedNanoseconds.withLock { $0 += duration.wholeNanoseconds }
    }

    var unixMilliseconds: UInt64 { (Self.startUnixNanoseconds + elapsedNanoseconds.withLock { $0 }) / 1_000_000 }

    var traceClock: TraceClock {
        TraceClock(
            wallNanoseconds: { Self.startUnixNanoseconds + self.elapsedNanoseconds.withLock { $0 } },
            monotonicNanoseconds: { self.elapsedNanoseconds.withLock { $0 } }
        )
    }
}
