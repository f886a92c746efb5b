/// The Runtime API of one function process: the state machine, with timeouts and with tasks that await its transitions.
final class LocalRuntimeAPI: Sendable {
    /// The state behind the mutex.
    struct State: Sendable {
        var machine = RuntimeStateMachine()
        var waiterCount = 0
        var handedOver: [RuntimeStateMachine.Waiter: Invocation] = [:]
        var abandoned: Set<RuntimeStateMachine.Waiter> = []
        var deliveredAt: [String: ContinuousClock.Instant] = [:]
        var outcomes: [String: InvocationOutcome] = [:]
        var open: [String: Invocation] = [:]
        var pipes: [String: ResponsePipe] = [:]
        var firstRequestAt: ContinuousClock.Instant?

        mutating func deliver(_ invocation: Invocation) {
            deliveredAt[invocation.requestID] = .now
        }

        mutating func complete(_ requestID: String, _ ending: InvocationOutcome.Ending, echoed: Bool = false) {
            guard open.removeValue(forKey: requestID) != nil else { return }
            pipes.removeValue(forKey: requestID)?.finish()
            outcomes[requestID] = InvocationOutcome(
                ending: ending,
                deliveredAt: deliveredAt.removeValue(forKey: requestID),
                endedAt: .now,
                echoedInvocationID: echoed
            )
        }

        mutating func completeAll(_ ending: InvocationOutcome.Ending) {
            for requestID in open.keys { complete(requestID, ending) }
        }
    }

    let condition = AsyncCondition(State())
    private let initTimeout: Duration
    /// True when somebody else starts the process, perhaps several times.
    private let isAttached: Bool

    /// Creates the API for a process that is about to be started.
    ///
    /// - Parameters:
    ///   - initTimeout: The time limit for the process's first `/next`.
    ///   - isAttached: `true` when somebody else starts the process, perhaps several times.
    init(
        initTimeout: Duration = .milliseconds(RuntimeLimits.initTimeoutMilliseconds),
        isAttached: Bool = false
    ) {
        self.initTimeout = initTimeout
        self.isAttached = isAttached
    }

    /// Delivers an event to the function and waits for its end.
    ///
    /// `pipe`: The receiver of a streamed response, chunk by chunk; `nil` collects the response in memory. The pipe
    /// is finished when the invocation ends.
    /// Returns the outcome. A cancelled task gets ``InvocationOutcome/Ending/processEnded(_:)``.
    func invoke(_ invocation: Invocation, into pipe: ResponsePipe? = nil) async -> InvocationOutcome {
        let requestID = invocation.requestID
        condition.change { state in
            state.open[requestID] = invocation
            state.pipes[requestID] = pipe
            switch state.machine.submit(invocation) {
            case .deliver(let waiter):
                state.handedOver[waiter] = invocation
                state.deliver(invocation)
            case .keep: break
            case .refuse: state.complete(requestID, .processEnded("the function takes no more events"))
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchClock(of: invocation) }
            await condition.wait { $0.outcomes[requestID] != nil }
            group.cancelAll()
        }
        return condition.change { state in
            // Still open only after this task was cancelled.
            state.complete(requestID, .processEnded("interrupted"))
            return state.outcomes.removeValue(forKey: requestID)
        } ?? .neverDelivered("interrupted")
    }

    private func watchClock(of invocation: Invocation) async {
        let requestID = invocation.requestID
        let isDelivered = await condition.wait(for: initTimeout) { state in
            state.deliveredAt[requestID] != nil || state.outcomes[requestID] != nil
        }
        guard isDelivered else {
            if !Task.isCancelled { condition.change { $0.complete(requestID, .initTimedOut) } }
            return
        }
        guard let deliveredAt = condition.state.deliveredAt[requestID] else { return }
        do {
            try await Task.sleep(until: deliveredAt + invocation.timeout, clock: .continuous)
        } catch {
            return
        }
        condition.change { state in
            if state.machine.expire(requestID: requestID) { state.complete(requestID, .timedOut) }
        }
    }

    /// Waits until the function has requested its next event, or the process has ended.
    ///
    /// - Parameter limit: The time limit.
    func waitUntilIdle(for limit: Duration) async {
        _ = await condition.wait(for: limit) { $0.machine.isIdle || $0.machine.isEnded }
    }

    /// True while the process can receive events.
    var isOpen: Bool { !condition.state.machine.isOver }

    /// The time of the process's first request for an event; `nil` before it.
    var firstRequestAt: ContinuousClock.Instant? { condition.state.firstRequestAt }

    /// Waits until the function becomes idle, or ceases to be; also returns when the process is over.
    ///
    /// - Parameter isIdle: `true` to wait for idle, `false` to wait for busy.
    func waitUntil(idle isIdle: Bool) async {
        await condition.wait { $0.machine.isIdle == isIdle || $0.machine.isOver }
    }

    /// Waits until the process has ended or is about to be killed.
    func waitUntilOver() async {
        await condition.wait { $0.machine.isOver }
    }

    /// Ends every open event and every open request after the process has ended.
    ///
    /// - Parameter how: A description of the exit, for people.
    func processEnded(_ how: String) {
        condition.change { state in
            state.machine.end()
            state.completeAll(.processEnded(how))
        }
    }
}

extension LocalRuntimeAPI {
    /// Handles the function's request for its next event; returns when an event is available.
    ///
    /// `whenOpen`: Called once if the request has to wait; receives a function to call when the connection
    /// closes.
    /// Throws ``RuntimeRefusal`` when the request is rejected.
    func next(
        whenOpen: (_ abandon: @escaping @Sendable () -> Void) -> Void
    ) async throws(RuntimeRefusal) -> Invocation {
        let (waiter, action) = condition.change { state in
            state.waiterCount += 1
            state.firstRequestAt = state.firstRequestAt ?? .now
            if isAttached, let requestID = state.machine.restart() {
                state.complete(requestID, .processEnded("the process was started again before it answered"))
            }
            let action = state.machine.next(state.waiterCount)
            if case .deliver(let invocation) = action { state.deliver(invocation) }
            return (state.waiterCount, action)
        }
        switch action {
        case .deliver(let invocation): return invocation
        case .refuse(let refusal): throw refusal
        case .park: break
        }
        let condition = condition
        whenOpen { condition.change { $0.abandon(waiter) } }
        await condition.wait { state in
            state.handedOver[waiter] != nil || state.abandoned.contains(waiter) || state.machine.isOver
        }
        let invocation = condition.change { state in
            state.abandon(waiter)
            state.abandoned.remove(waiter)
            return state.handedOver.removeValue(forKey: waiter)
        }
        guard let invocation else { throw .invalidTransition("the sandbox is being shut down") }
        return invocation
    }

    /// Handles the function's response to an event.
    ///
    /// `invocationID`: The echoed `Lambda-Runtime-Invocation-Id`.
    /// Throws ``RuntimeRefusal`` when the post is rejected.
    func finish(
        requestID: String,
        invocationID: String?,
        _ ending: InvocationOutcome.Ending
    ) throws(RuntimeRefusal) {
        try condition.change { state throws(RuntimeRefusal) in
            _ = try state.machine.finish(requestID: requestID, invocationID: invocationID)
            state.complete(requestID, ending, echoed: invocationID != nil)
        }
    }

    /// Finds the pipe that receives the function's streamed response.
    ///
    /// - Returns: `nil` when the response is to be collected in memory, or when the function is not processing this
    ///   event.
    func pipe(for requestID: String) -> ResponsePipe? {
        let state = condition.state
        return state.machine.isInvoking(requestID: requestID) ? state.pipes[requestID] : nil
    }

    /// Handles the function's report that it cannot start.
    ///
    /// - Throws: ``RuntimeRefusal`` when the post is rejected.
    func failInit(_ error: FunctionError) throws(RuntimeRefusal) {
        try condition.change { state throws(RuntimeRefusal) in
            try state.machine.failInit()
            state.completeAll(.initError(error))
        }
    }
}

extension LocalRuntimeAPI.State {
    mutating func abandon(_ waiter: RuntimeStateMachine.Waiter) {
        if machine.abandon(waiter) { abandoned.insert(waiter) }
    }
}
