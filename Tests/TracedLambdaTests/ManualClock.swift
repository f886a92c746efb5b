import SessionTracing
import Synchronization

/// Two clocks that advance only on request; the wall clock can be stepped separately.
final class ManualClock: Sendable {
    /// 2027-01-15T08:00:00Z, in milliseconds since the Unix epoch.
    static let startUnixMilliseconds: UInt64 = 1_800_000_000_000
    /// The monotonic clock has another origin than the wall clock.
    private static let startMonotonicNanoseconds: UInt64 = 5_000_000_000

    private let elapsedNanoseconds = Mutex<UInt64>(0)
    private let wallStepMilliseconds = Mutex<Int64>(0)

    func advance(by duration: Duration) {
        elapsedNanoseconds.withLock { $0 += duration.wholeNanoseconds }
    }

    /// Steps the wall clock, as a time server does.
    func stepWall(byMilliseconds milliseconds: Int64) {
        wallStepMilliseconds.withLock { $0 += milliseconds }
    }

    var traceClock: TraceClock {
        TraceClock(
            wallNanoseconds: {
                let milliseconds = Int64(Self.startUnixMilliseconds) + self.wallStepMilliseconds.withLock { $0 }
                return UInt64(milliseconds) * 1_000_000 + self.elapsedNanoseconds.withLock { $0 }
            },
            monotonicNanoseconds: { Self.startMonotonicNanoseconds + self.elapsedNanoseconds.withLock { $0 } }
        )
    }
}
