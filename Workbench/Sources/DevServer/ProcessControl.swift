import RuntimeAPI

/// What a running process is to do: asked from one task, done in another.
package final class ProcessControl: Sendable {
    /// What is asked for.
    enum Wish: Sendable {
        /// To go on.
        case run
        /// To stand still: SIGSTOP, until it is to go on.
        case pause
        /// To end: SIGTERM, then SIGKILL.
        case stop
        /// To be killed, as Lambda does when the time is over.
        case kill
    }

    private struct State: Sendable {
        var wish = Wish.run
        var identifier: Int32?
    }

    private let gate = Gate(State())

    /// Makes the control of a process that is about to start.
    package init() {}

    /// The process's number; `nil` before its start and after its end.
    package var processIdentifier: Int32? { gate.state.identifier }

    /// Asks the process to end, and kills it when it has not after 500 ms.
    package func stop() {
        gate.change { if $0.wish != .kill { $0.wish = .stop } }
    }

    /// Kills the process.
    package func kill() {
        gate.change { $0.wish = .kill }
    }

    /// Lets the process stand still, unless it is to end.
    package func pause() {
        gate.change { if $0.wish == .run { $0.wish = .pause } }
    }

    /// Lets the process go on.
    package func resume() {
        gate.change { if $0.wish == .pause { $0.wish = .run } }
    }

    /// Waits for something else to do; returns also when the task is cancelled.
    ///
    /// - Parameter done: What is done already.
    /// - Returns: What is to be done.
    func wish(after done: Wish) async -> Wish {
        await gate.wait { $0.wish != done }
        return gate.state.wish
    }

    func setProcessIdentifier(_ identifier: Int32?) {
        gate.change { $0.identifier = identifier }
    }
}
