internal import Dispatch
internal import Synchronization

/// Carries messages from tasks to the one thread that waits for them.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isOpen = true
        /// Told of the next message, for a receiver that is busy with something else.
        var arrivalHandler: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Returns: False when nobody will read it any more.
    func send(_ message: Message) -> Bool {
        let (isSent, arrivalHandler) = state.withLock { state in
            if state.isOpen { state.messages.append(message) }
            return (state.isOpen, state.isOpen ? state.arrivalHandler.take() : nil)
        }
        if isSent { arrivals.signal() }
        arrivalHandler?()
        return isSent
    }

    /// Does something on the calling thread until it is done, or a message comes.
    ///
    /// - Parameters:
    ///   - interrupt: Ends the work; called on the sender's thread, or at once when a message waits.
    ///   - work: What to do meanwhile.
    func whileEmpty(interrupt: @escaping @Sendable () -> Void, _ work: () -> Void) {
        let isEmpty = state.withLock { state in
            if state.messages.isEmpty { state.arrivalHandler = interrupt }
            return state.messages.isEmpty
        }
        guard isEmpty else { return }
        work()
        state.withLock { $0.arrivalHandler = nil }
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
