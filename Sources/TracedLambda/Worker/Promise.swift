internal import Dispatch
internal import Synchronization

/// A promise: a value that one thread creates while other threads do work that does not need it.
final class Promise<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    private let arrival = DispatchSemaphore(value: 0)

    /// Sets the value; must be called exactly once.
    func set(_ value: Value) {
        state.withLock { $0 = value }
        arrival.signal()
    }

    /// The value, or nil if it is not set yet.
    var current: Value? { state.withLock { $0 } }

    /// The value; blocks until it is set.
    var value: Value {
        while true {
            if let value = current { return value }
            arrival.wait()
            // Wake the next waiting thread.
            arrival.signal()
        }
    }
}
