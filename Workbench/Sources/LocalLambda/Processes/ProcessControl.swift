/// Requests to a running process, made by one task and applied by another.
package final class ProcessControl: Sendable {
    /// A request.
    enum Request: Sendable {
        /// Continue.
        case run
        /// Pause with SIGSTOP.
        case pause
        /// Stop with SIGTERM, then SIGKILL.
        case stop
        /// Kill, as Lambda does after a timeout.
        case kill
    }

    private struct State: Sendable {
        var request = Request.run
        var identifier: Int32?
    }

    private let condition = AsyncCondition(State())

    /// Creates the control of a process that is about to start.
    package init() {}

    /// The process id; `nil` before the start and after the end.
    package var processIdentifier: Int32? { condition.state.identifier }

    /// Stops the process: SIGTERM, then SIGKILL after 500 ms.
    package func stop() {
        condition.change { if $0.request != .kill { $0.request = .stop } }
    }

    /// Kills the process.
    package func kill() {
        condition.change { $0.request = .kill }
    }

    /// Pauses the process, unless it is being stopped.
    package func pause() {
        condition.change { if $0.request == .run { $0.request = .pause } }
    }

    /// Resumes the process.
    package func resume() {
        condition.change { if $0.request == .pause { $0.request = .run } }
    }

    /// Waits for a new request; also returns when the task is cancelled.
    ///
    /// - Parameter done: The request that has been applied.
    /// - Returns: The new request.
    func request(after done: Request) async -> Request {
        await condition.wait { $0.request != done }
        return condition.state.request
    }

    func setProcessIdentifier(_ identifier: Int32?) {
        condition.change { $0.identifier = identifier }
    }
}
