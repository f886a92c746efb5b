import SessionTracing
import Synchronization

/// A clock that advances only on request.
final class ManualClock: Sendable {
    /// 2027-01-15T08:00:00Z, a Friday, in seconds since the Unix epoch.
    static let startUnixSeconds: UInt64 = 1_800_000_000
    /// The monotonic clock has another origin than the wall clock.
    private static let startMonotonicNanoseconds: UInt64 = 5_000_000_000

    private let elapsedNanoseconds = Mutex<UInt64>(0)

    private let wallStepNanoseconds = Mutex<UInt64>(0)

    /// Advances only the wall clock, as when the sandbox was frozen.
    func stepWall(by duration: Duration) {
        wallStepNanoseconds.withLock { $0 += duration.wholeNanoseconds }
    }

    private var wallStep: UInt64 { wallStepNanoseconds.withLock { $0 } }

    var elapsed: Duration { .nanoseconds(elapsedNanoseconds.withLock { $0 }) }

    func advance(by duration: Duration) {
        elapsedNanoseconds.withLock { $0 += duration.wholeNanoseconds }
    }

    var traceClock: TraceClock {
        TraceClock(
            wallNanoseconds: { Self.startUnixSeconds * 1_000_000_000 + self.elapsed.wholeNanoseconds + self.wallStep },
            monotonicNanoseconds: { Self.startMonotonicNanoseconds + self.elapsed.wholeNanoseconds }
        )
    }
}
