package import InvokeAPI
package import RuntimeAPI

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

    private struct State: Sendable {
        var command: [String]
        var generation = 0
        var idle: [Slot] = []
        var busyCount = 0
        var live: [ObjectIdentifier: Sandbox] = [:]
        var isClosed = false
    }

    private enum Room: Sendable {
        case slot(Slot)
        case none
        case closed
    }

    let settings: FunctionSettings
    private let concurrencyLimit: Int
    private let collectorPort: Int
    private let logs: any LogSink
    private let observe: @Sendable (InvocationSummary) -> Void
    private let gate: Gate<State>

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

// MARK: - One event

extension FunctionPool {
    package func invoke(
        _ request: InvocationRequest,
        into pipe: ResponsePipe?
    ) async throws(InvocationRefusal) -> InvocationReport {
        defer { pipe?.finish() }
        let slot = try await takeSlot(waits: request.waitsForRoom)
        // A caller that goes away does not end the event, as on Lambda: hence a task that is not cancelled with its own.
        return await Task { await run(request, in: slot, into: pipe) }.value
    }

    private func run(_ request: InvocationRequest, in slot: Slot, into pipe: ResponsePipe?) async -> InvocationReport {
        let invocation = Invocation(
            requestID: request.requestID,
            event: request.event,
            timeout: settings.timeout,
            functionARN: arn,
            traceID: request.traceID,
            clientContext: request.clientContext,
            tenantID: request.tenantID
        )
        slot.log.begin("START RequestId: \(request.requestID) Version: $LATEST")
        let runtime = slot.sandbox.runtime
        let outcome = await runtime.invoke(invocation, into: pipe)
        let summary = InvocationSummary(
            request.requestID,
            outcome,
            settings,
            memory: slot.sandbox.memory,
            initDuration: slot.isFresh ? runtime.askedAt.map { $0 - slot.sandbox.madeAt } : nil
        )
        let log = request.wantsLog ? await log(of: slot, summary) : []
        putBack(slot, after: outcome.ending)
        observe(summary)
        return InvocationReport(result: summary.result, log: log)
    }

    private func log(of slot: Slot, _ summary: InvocationSummary) async -> [UInt8] {
        await slot.sandbox.runtime.waitUntilIdle(for: .milliseconds(Sandbox.idleGraceMilliseconds))
        try? await Task.sleep(for: .milliseconds(Self.logSettleMilliseconds))
        for line in summary.reportLines { slot.log.keep(line) }
        return slot.log.bytes
    }

    private func takeSlot(waits: Bool) async throws(InvocationRefusal) -> Slot {
        while true {
            switch findRoom() {
            case .slot(let slot):
                if slot.isFresh { start(slot) }
                return slot
            case .closed: throw .shuttingDown
            case .none:
                guard waits, !Task.isCancelled else { throw .tooManyRequests }
                await gate.wait { [concurrencyLimit] in $0.isClosed || $0.busyCount < concurrencyLimit }
            }
        }
    }

    private func findRoom() -> Room {
        gate.change { state in
            guard !state.isClosed else { return .closed }
            while let slot = state.idle.popLast() {
                guard slot.sandbox.runtime.isOpen else { continue }
                state.busyCount += 1
                return .slot(slot)
            }
            guard state.busyCount < concurrencyLimit else { return .none }
            state.busyCount += 1
            let log = LogTail(next: logs)
            let sandbox = Sandbox(command: state.command, settings: settings, collectorPort: collectorPort, logs: log)
            state.live[ObjectIdentifier(sandbox)] = sandbox
            return .slot(Slot(sandbox: sandbox, log: log, generation: state.generation, isFresh: true))
        }
    }

    private func start(_ slot: Slot) {
        Task {
            // What keeps it from starting ends the event that it was made for, and is told there.
            try? await slot.sandbox.run()
            gate.change { $0.live[ObjectIdentifier(slot.sandbox)] = nil }
        }
    }

    private func putBack(_ slot: Slot, after ending: InvocationOutcome.Ending) {
        let isReusable = gate.change { state in
            state.busyCount -= 1
            guard ending.leavesProcess, slot.generation == state.generation, !state.isClosed,
                slot.sandbox.runtime.isOpen
            else { return false }
            var slot = slot
            slot.isFresh = false
            state.idle.append(slot)
            return true
        }
        if !isReusable { Task { await slot.sandbox.end(after: ending) } }
    }
}

extension InvocationOutcome.Ending {
    /// Whether the process can be given another event.
    fileprivate var leavesProcess: Bool {
        switch self {
        case .response, .functionError, .responseTooLarge: true
        case .initError, .initTimedOut, .timedOut, .processEnded: false
        }
    }
}
