import SessionTracing
import Synchronization
import Testing

/// A clock that shows the recording's times.
final class ReplayClock: Sendable {
    private let unixNanoseconds: Atomic<UInt64>

    init(unixNanoseconds: UInt64) {
        self.unixNanoseconds = Atomic(unixNanoseconds)
    }

    /// Sets the clock to a recorded time: a number in a string, as in OTLP/JSON.
    func move(to time: JSON?) throws {
        unixNanoseconds.store(try #require(UInt64(time?.text ?? "")), ordering: .relaxed)
    }

    var traceClock: TraceClock {
        TraceClock(
            wallNanoseconds: { self.unixNanoseconds.load(ordering: .relaxed) },
            monotonicNanoseconds: { self.unixNanoseconds.load(ordering: .relaxed) }
        )
    }
}
