internal import Dispatch
internal import Synchronization

/// The task executor and message queue of one worker thread.
///
/// The thread runs the invocation's tasks while it waits for a message.
///
/// The executor gives the thread one job at a time: passing a job and its result to another thread and back takes
/// longer than most handlers run. Jobs that become ready while the thread has one, such as the second of two child
/// tasks, run on Dispatch's threads.
final class WorkerExecutor<Message: Sendable>: TaskExecutor {
    private struct State {
        var messages: [Message] = []
        var isOpen = true
        /// The job for the waiting thread, which has not started it yet.
        var job: UnownedJob?
        /// True if the thread has a job, started or not.
        var hasJob = false
    }

    /// The reason for which the waiting thread was woken up.
    private enum Wakeup {
        case message(Message)
        case job(UnownedJob)
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    /// Sends a message to the waiting thread; returns false if the executor is closed.
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

    /// Runs a job on Dispatch's threads.
    ///
    /// It remains a job of this executor; otherwise it would return here at the next `await`.
    private func runElsewhere(_ job: UnownedJob) {
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Blocks until a message arrives, and runs the executor's jobs meanwhile.
    func receive() -> Message {
        while true {
            if let message = receive(until: .distantFuture) { return message }
        }
    }

    /// Blocks until a message arrives, and runs the executor's jobs meanwhile.
    ///
    /// - Parameter timeout: The maximum time to wait; a running job is not interrupted at its end.
    /// - Returns: The message; nil after the timeout.
    func receive(timeout: Duration) -> Message? {
        receive(until: .now() + .nanoseconds(Int(clamping: timeout.wholeNanoseconds)))
    }

    private func receive(until end: DispatchTime) -> Message? {
        while arrivals.wait(timeout: end) == .success {
            switch takeWakeup() {
            case .message(let message): return message
            case .job(let job):
                job.runSynchronously(on: asUnownedTaskExecutor())
                state.withLock { $0.hasJob = false }
            case nil: break
            }
        }
        return nil
    }

    private func takeWakeup() -> Wakeup? {
        state.withLock { state in
            if let job = state.job.take() { return .job(job) }
            return state.messages.isEmpty ? nil : .message(state.messages.removeFirst())
        }
    }

    /// Closes the executor for messages and jobs.
    ///
    /// - Returns: The messages that were not received.
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
