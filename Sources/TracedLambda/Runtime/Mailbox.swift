internal import Dispatch
internal import Synchronization

/// Carries messages from tasks to the one thread that waits for them.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isOpen = true
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Returns: False when nobody will read it any more.
    func send(_ message: Message) -> Bool {
        let isSent = state.withLock { state in
            if state.isOpen { state.messages.append(message) }
            return state.isOpen
        }
        if isSent { arrivals.signal() }
        return isSent
    }

    /// Blocks until a message comes.
    ///
    /// - Returns: Nil when the time is over.
    func receive(timeout: Duration) -> Message? {
        guard arrivals.wait(timeout: .now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds))) == .success else {
            return nil
        }
        return state.withLock { $0.messages.isEmpty ? nil : $0.messages.removeFirst() }
    }

    /// Takes no more messages.
    ///
    /// - Returns: What came and was not received.
    func close() -> [Message] {
        state.withLock { state in
            state.isOpen = false
            defer { state.messages = [] }
            return state.messages
        }
    }
}
