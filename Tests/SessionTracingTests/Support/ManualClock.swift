import SessionTracing
import Synchronization
import Tracing

/// Two clocks that advance only when a test advances them.
final class ManualClock: Sendable {
    private let wall: Atomic<UInt64>
    private let monotonic: Atomic<UInt64>

    init(wallNanoseconds: UInt64 = 1_700_000_000_000_000_000, monotonicNanoseconds: UInt64 = 5_000) {
        wall = Atomic(wallNanoseconds)
        monotonic = Atomic(monotonicNanoseconds)
    }

    var clock: TraceClock {
        TraceClock(
            wallNanoseconds: { self.wall.load(ordering: .relaxed) },
            monotonicNanoseconds: { self.monotonic.load(ordering: .relaxed) }
        )
    }

    /// Advances both clocks.
    func advance(nanoseconds: UInt64) {
        wall.add(nanoseconds, ordering: .relaxed)
        monotonic.add(nanoseconds, ordering: .relaxed)
    }

    /// Sets the wall clock without the monotonic one.
    func stepWall(to nanoseconds: UInt64) {
        wall.store(nanoseconds, ordering: .relaxed)
    }
}

/// A fixed point in time.
struct FixedInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.nanosecondsSinceEpoch < rhs.nanosecondsSinceEpoch }
}
