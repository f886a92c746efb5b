internal import Dispatch
internal import Synchronization

/// A value that one thread makes while others do what does not need it.
final class Late<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    private let arrival = DispatchSemaphore(value: 0)

    /// To be called once.
    func set(_ value: Value) {
        state.withLock { $0 = value }
        arrival.signal()
    }

    /// The value, or nil while it is being made.
    var current: Value? { state.withLock { $0 } }

    /// The value; waits until it is there.
    var value: Value {
        while true {
            if let value = current { return value }
            arrival.wait()
            // For whoever else waits.
            arrival.signal()
        }
    }
}
