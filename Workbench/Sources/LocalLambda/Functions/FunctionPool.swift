/// The processes of one function, with one event per process and a concurrency limit.
///
/// A process is reused, as on Lambda. One that crashed, was killed or runs an older build is not, and the next event
/// starts a new one.
package final class FunctionPool: InvocableFunction {
    /// The allowed concurrency limits.
    package static let concurrencyRange = 1...100
    /// The time to wait for a function's last log lines, in milliseconds.
    static let logDrainMilliseconds = 50

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

    let settings: FunctionSettings
    let concurrencyLimit: Int
    let ports: LocalPorts
    let logs: any LogSink
    let observe: @Sendable (EndedInvocation) async -> Void
    let condition: AsyncCondition<State>

    /// Creates an empty pool; the first event starts a process.
    ///
    /// `observe`: Called at the end of each invocation, before its caller gets the response.
    init(
        command: [String],
        settings: FunctionSettings,
        concurrencyLimit: Int,
        ports: LocalPorts,
        logs: any LogSink,
        observe: @escaping @Sendable (EndedInvocation) async -> Void
    ) {
        self.settings = settings
        self.concurrencyLimit = concurrencyLimit
        self.ports = ports
        self.logs = logs
        self.observe = observe
        self.condition = AsyncCondition(State(command: command))
    }

    var name: String { settings.function.name }

    var arn: String { settings.function.arn }

    /// Replaces the executable for new events.
    ///
    /// Invocations in progress continue with the previous one.
    func replace(command: [String]) {
        let old = condition.change { state in
            state.command = command
            state.generation += 1
            defer { state.idle = [] }
            return state.idle
        }
        for slot in old { slot.sandbox.stop() }
    }

    /// Stops all processes and rejects further events.
    func close() async {
        let live = condition.change { state in
            state.isClosed = true
            return Array(state.live.values)
        }
        for sandbox in live { sandbox.stop() }
        await condition.wait { $0.live.isEmpty }
    }
}

extension FunctionPool {
    func invoke(
        _ request: InvocationRequest,
        into pipe: ResponsePipe?
    ) async throws(InvokeError) -> InvocationReport {
        defer { pipe?.finish() }
        let slot = try await takeSlot(waits: request.waitsForCapacity)
        // An unstructured task, because the invocation continues after its caller has disconnected, as on Lambda.
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
        let log = slot.log.begin("START RequestId: \(request.requestID) Version: $LATEST")
        let runtime = slot.sandbox.runtime
        let outcome = await runtime.invoke(invocation, into: pipe)
        let summary = InvocationSummary(
            request,
            outcome,
            settings,
            memory: slot.sandbox.memory,
            initDuration: slot.isFresh ? runtime.firstRequestAt.map { $0 - slot.sandbox.madeAt } : nil
        )
        // Unstructured, because the log is complete only after the caller has its answer.
        let ending = Task { await complete(log, of: slot, summary) }
        let tail = request.wantsLog ? await ending.value.tail(upTo: InvokeLimits.logTailBytes) : []
        putBack(slot, after: outcome.ending)
        await observe(
            EndedInvocation(request, summary, buildNumber: slot.generation + 1) {
                await ending.value.tail(upTo: InvocationLog.limitBytes)
            }
        )
        return InvocationReport(result: summary.result, log: tail)
    }

    /// Waits for the last lines of an invocation's log, and adds Lambda's own.
    private func complete(_ log: InvocationLog, of slot: Slot, _ summary: InvocationSummary) async -> InvocationLog {
        await slot.sandbox.runtime.waitUntilIdle(for: .milliseconds(Sandbox.idleGraceMilliseconds))
        try? await Task.sleep(for: .milliseconds(Self.logDrainMilliseconds))
        for line in summary.reportLines { log.append(Array(line.utf8)) }
        return log
    }

    private func takeSlot(waits: Bool) async throws(InvokeError) -> Slot {
        while true {
            if let slot = try findSlot() {
                if slot.isFresh { start(slot) }
                return slot
            }
            guard waits, !Task.isCancelled else { throw .tooManyRequests }
            await condition.wait { [concurrencyLimit] in $0.isClosed || $0.busyCount < concurrencyLimit }
        }
    }

    /// A process for an event; `nil` while the concurrency limit is reached.
    private func findSlot() throws(InvokeError) -> Slot? {
        try condition.change { state throws(InvokeError) in
            guard !state.isClosed else { throw .serviceEnding }
            while let slot = state.idle.popLast() {
                guard slot.sandbox.runtime.isOpen else { continue }
                state.busyCount += 1
                return slot
            }
            guard state.busyCount < concurrencyLimit else { return nil }
            state.busyCount += 1
            let log = LogTail(next: logs)
            let sandbox = Sandbox(command: state.command, settings: settings, ports: ports, logs: log)
            state.live[ObjectIdentifier(sandbox)] = sandbox
            return Slot(sandbox: sandbox, log: log, generation: state.generation, isFresh: true)
        }
    }

    private func start(_ slot: Slot) {
        Task {
            // An error of starting ends the invocation that the process was started for, and is reported there.
            try? await slot.sandbox.run()
            condition.change { $0.live[ObjectIdentifier(slot.sandbox)] = nil }
        }
    }

    private func putBack(_ slot: Slot, after ending: InvocationOutcome.Ending) {
        let isReusable = condition.change { state in
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
    /// True when the process can handle another event.
    fileprivate var leavesProcess: Bool {
        switch self {
        case .response, .functionError, .responseTooLarge: true
        case .initError, .initTimedOut, .timedOut, .processEnded: false
        }
    }
}
