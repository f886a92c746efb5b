import SessionTracing
import Synchronization
import Testing

/// Stands where the recording's clock stood.
final class ReplayClock: Sendable {
    private let unixNanoseconds: Atomic<UInt64>

    init(unixNanoseconds: UInt64) {
        self.unixNanoseconds = Atomic(unixNanoseconds)
    }

    /// Moves to a recorded time: a number in a string, as OTLP has it.
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
