internal import Dispatch
internal import Synchronization

/// Carries messages from tasks to the one thread that waits for them, and lets it run those tasks while it waits.
///
/// As a task executor it gives the thread one job at a time: to hand a job, and its outcome, to another thread and back takes
/// longer than most handlers do. What gets ready while the thread has a job already, as the second of two child tasks, runs on
/// Dispatch's threads beside it.
final class Mailbox<Message: Sendable>: TaskExecutor {
    private struct State {
        var messages: [Message] = []
        var isOpen = true
        /// For the waiting thread, which has not begun it yet.
        var job: UnownedJob?
        /// Whether it has a job, begun or not.
        var hasJob = false
    }

    /// What the waiting thread is woken up for.
    private enum Mail {
        case message(Message)
        case job(UnownedJob)
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

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = state.withLock { state in
            guard state.isOpen, !state.hasJob else { return false }
            state.job = job
            state.hasJob = true
            return true
        }
        if isTaken { arrivals.signal() } else { runElsewhere(job) }
    }

    /// Still as a job of this executor: else it would come back at the next `await`.
    private func runElsewhere(_ job: UnownedJob) {
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Blocks until a message comes, and runs what tasks there are meanwhile.
    func receive() -> Message {
        while true {
            if let message = receive(until: .distantFuture) { return message }
        }
    }

    /// Blocks until a message comes, and runs what tasks there are meanwhile.
    ///
    /// - Parameter timeout: A task that runs is not interrupted when it is over.
    /// - Returns: Nil when the time is over.
    func receive(timeout: Duration) -> Message? {
        receive(until: .now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds)))
    }

    private func receive(until end: DispatchTime) -> Message? {
        while arrivals.wait(timeout: end) == .success {
            switch takeMail() {
            case .message(let message): return message
            case .job(let job):
                job.runSynchronously(on: asUnownedTaskExecutor())
                state.withLock { $0.hasJob = false }
            case nil: break
            }
        }
        return nil
    }

    private func takeMail() -> Mail? {
        state.withLock { state in
            if let job = state.job.take() { return .job(job) }
            return state.messages.isEmpty ? nil : .message(state.messages.removeFirst())
        }
    }

    /// Takes no more messages, and no more jobs.
    ///
    /// - Returns: What came and was not received.
    func close() -> [Message] {
        let (messages, job) = state.withLock { state in
            state.isOpen = false
            defer { state.messages = [] }
            return (state.messages, state.job.take())
        }
        if let job { runElsewhere(job) }
        return messages
    }
}
