internal import SessionTracing
internal import Synchronization

/// A clock that moves only when it is told to.
public final class TestClock: Sendable {
    /// 2026-01-01T00:00:00Z.
    private static let startUnixNanoseconds: UInt64 = 1_767_225_600_000_000_000

    private let elapsedNanoseconds = Mutex<UInt64>(0)

    /// Makes a clock that stands at 2026-01-01T00:00:00Z.
    public init() {}

    /// Moves the clock forward.
    ///
    /// - Parameter duration: How far; a negative duration moves it nowhere.
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
