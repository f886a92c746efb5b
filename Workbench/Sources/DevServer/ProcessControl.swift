import RuntimeAPI

/// What a running process is to do: asked from one task, done in another.
package final class ProcessControl: Sendable {
    /// What is asked for.
    enum Wish: Sendable {
        /// To go on.
        case run
        /// To end: SIGTERM, then SIGKILL.
        case stop
        /// To be killed, as Lambda does when the time is over.
        case kill
    }

    private let gate = Gate(Wish.run)

    /// Makes the control of a process that is about to start.
    package init() {}

    /// Asks the process to end, and kills it when it has not after 500 ms.
    package func stop() {
        gate.change { if $0 == .run { $0 = .stop } }
    }

    /// Kills the process.
    package func kill() {
        gate.change { $0 = .kill }
    }

    /// Waits for something to do; returns also when the task is cancelled.
    func wish() async -> Wish {
        await gate.wait { $0 != .run }
        return gate.state
    }
}
