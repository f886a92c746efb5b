/// The processes of one function, with one event per process and a concurrency limit.
///
/// A process is reused, as on Lambda. One that crashed, was killed or runs an older build is not, and the next event
/// starts a new one.
package final class FunctionPool: InvocableFunction {
    /// The allowed concurrency limits.
    package static let concurrencyRange = 1...100
    /// The time to wait for a function's last log lines when its caller requests them, in milliseconds.
    package static let logDrainMilliseconds = 50

    /// A process with the log of its current event.
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

    enum Availability: Sendable {
        case slot(Slot)
        case none
        case closed
    }

    let settings: FunctionSettings
    let concurrencyLimit: Int
    let collectorPort: Int
    let logs: any LogSink
    let observe: @Sendable (InvocationSummary) -> Void
    let condition: AsyncCondition<State>

    /// Creates an empty pool; the first event starts a process.
    ///
    /// - Parameters:
    ///   - command: The executable and its arguments.
    ///   - settings: The function's settings.
    ///   - concurrencyLimit: The largest number of processes.
    ///   - collectorPort: The port of the collector.
    ///   - logs: The sink of the function's output.
    ///   - observe: Called at the end of each invocation.
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
        self.condition = AsyncCondition(State(command: command))
    }

    package var name: String { settings.function.name }

    package var arn: String { settings.function.arn }

    /// Replaces the executable for new events.
    ///
    /// Invocations in progress continue with the previous one.
    ///
    /// - Parameter command: The executable and its arguments.
    package func replace(command: [String]) {
        let old = condition.change { state in
            state.command = command
            state.generation += 1
            defer { state.idle = [] }
            return state.idle
        }
        for slot in old { slot.sandbox.stop() }
    }

    /// Stops all processes and rejects further events.
    package func close() async {
        let live = condition.change { state in
            state.isClosed = true
            return Array(state.live.values)
        }
        for sandbox in live { sandbox.stop() }
        await condition.wait { $0.live.isEmpty }
    }
}
