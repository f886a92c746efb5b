import SessionTracing
import Synchronization
import Tracing

/// Two clocks that stand still until a test moves them.
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

    /// Time goes on: both clocks do.
    func advance(nanoseconds: UInt64) {
        wall.add(nanoseconds, ordering: .relaxed)
        monotonic.add(nanoseconds, ordering: .relaxed)
    }

    /// Somebody sets the wall's clock; the monotonic one does not know.
    func stepWall(to nanoseconds: UInt64) {
        wall.store(nanoseconds, ordering: .relaxed)
    }
}

/// A point in time that a test names.
struct FixedInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.nanosecondsSinceEpoch < rhs.nanosecondsSinceEpoch }
}
