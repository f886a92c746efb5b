import InvokeAPI
import RuntimeAPI

/// The processes of one function: as many as there are events at the same time, up to a limit.
///
/// A process serves one event at a time and is used again, as on Lambda. One that crashed, was killed or is of an older
/// build is left behind, and the next event gets a new one.
package final class FunctionPool: InvocableFunction {
    /// The numbers of processes that can be asked for.
    package static let concurrencyRange = 1...100
    /// The time that is given to a function's last lines to come in, when its caller wants them.
    package static let logSettleMilliseconds = 50

    /// One process, and the log of its event.
    struct Slot: Sendable {
        let sandbox: Sandbox
        let log: LogTail
        let generation: Int
        var isFresh: Bool
    }

    struct State: Sendable {
        var command: [String]
        var generation = 0
        var idle: [Slot] = []
        var busyCount = 0
        var live: [ObjectIdentifier: Sandbox] = [:]
        var isClosed = false
    }

    enum Room: Sendable {
        case slot(Slot)
        case none
        case closed
    }

    let settings: FunctionSettings
    let concurrencyLimit: Int
    let collectorPort: Int
    let logs: any LogSink
    let observe: @Sendable (InvocationSummary) -> Void
    let gate: Gate<State>

    /// Makes a pool without a process; the first event starts one.
    ///
    /// - Parameters:
    ///   - command: The executable and its arguments.
    ///   - settings: How the function is run.
    ///   - concurrencyLimit: How many processes there may be.
    ///   - collectorPort: The port of the collector.
    ///   - logs: Where the function's output goes.
    ///   - observe: Told of each event at its end.
    package init(
        command: [String],
        settings: FunctionSettings,
        concurrencyLimit: Int,
        collectorPort: Int,
        logs: any LogSink,
        observe: @escaping @Sendable (InvocationSummary) -> Void
    ) {
        self.settings = settings
        self.concurrencyLimit = concurrencyLimit
        self.collectorPort = collectorPort
        self.logs = logs
        self.observe = observe
        self.gate = Gate(State(command: command))
    }

    package var name: String { settings.function.name }

    package var arn: String { settings.function.arn }

    /// Serves all further events with another executable.
    ///
    /// Those under way end with the one they began with.
    ///
    /// - Parameter command: The executable and its arguments.
    package func replace(command: [String]) {
        let old = gate.change { state in
            state.command = command
            state.generation += 1
            defer { state.idle = [] }
            return state.idle
        }
        for slot in old { slot.sandbox.stop() }
    }

    /// Ends all processes, and takes no event any more.
    package func close() async {
        let live = gate.change { state in
            state.isClosed = true
            return Array(state.live.values)
        }
        for sandbox in live { sandbox.stop() }
        await gate.wait { $0.live.isEmpty }
    }
}
