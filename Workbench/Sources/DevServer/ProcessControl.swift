import RuntimeAPI

/// Requests to a running process, made by one task and applied by another.
package final class ProcessControl: Sendable {
    /// A request.
    enum Wish: Sendable {
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
        var wish = Wish.run
        var identifier: Int32?
    }

    private let gate = Gate(State())

    /// Creates the control of a process that is about to start.
    package init() {}

    /// The process id; `nil` before the start and after the end.
    package var processIdentifier: Int32? { gate.state.identifier }

    /// Stops the process: SIGTERM, then SIGKILL after 500 ms.
    package func stop() {
        gate.change { if $0.wish != .kill { $0.wish = .stop } }
    }

    /// Kills the process.
    package func kill() {
        gate.change { $0.wish = .kill }
    }

    /// Pauses the process, unless it is being stopped.
    package func pause() {
        gate.change { if $0.wish == .run { $0.wish = .pause } }
    }

    /// Resumes the process.
    package func resume() {
        gate.change { if $0.wish == .pause { $0.wish = .run } }
    }

    /// Waits for a new request; also returns when the task is cancelled.
    ///
    /// - Parameter done: The request that has been applied.
    /// - Returns: The new request.
    func wish(after done: Wish) async -> Wish {
        await gate.wait { $0.wish != done }
        return gate.state.wish
    }

    func setProcessIdentifier(_ identifier: Int32?) {
        gate.change { $0.identifier = identifier }
    }
}
