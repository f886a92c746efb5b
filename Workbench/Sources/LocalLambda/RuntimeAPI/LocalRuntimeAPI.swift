/// The Runtime API of one function process: the state machine, with timeouts and with tasks that await its transitions.
package final class LocalRuntimeAPI: Sendable {
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

    /// Creates the API for a process that is about to be started.
    ///
    /// - Parameter initTimeout: The time limit for the process's first `/next`.
    package init(initTimeout: Duration = .milliseconds(RuntimeLimits.initTimeoutMilliseconds)) {
        self.initTimeout = initTimeout
    }

    /// Delivers an event to the function and waits for its end.
    ///
    /// - Parameters:
    ///   - invocation: The event.
    ///   - pipe: The receiver of a streamed response, chunk by chunk; `nil` collects the response in memory. The pipe
    ///     is finished when the invocation ends.
    /// - Returns: The outcome. A cancelled task gets ``InvocationOutcome/Ending/processEnded(_:)``.
    package func invoke(_ invocation: Invocation, into pipe: ResponsePipe? = nil) async -> InvocationOutcome {
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
    package func waitUntilIdle(for limit: Duration) async {
        _ = await condition.wait(for: limit) { $0.machine.isIdle || $0.machine.isEnded }
    }

    /// True while the process can receive events.
    package var isOpen: Bool { !condition.state.machine.isOver }

    /// The time of the process's first request for an event; `nil` before it.
    package var firstRequestAt: ContinuousClock.Instant? { condition.state.firstRequestAt }

    /// Waits until the function becomes idle, or ceases to be; also returns when the process is over.
    ///
    /// - Parameter isIdle: `true` to wait for idle, `false` to wait for busy.
    package func waitUntil(idle isIdle: Bool) async {
        await condition.wait { $0.machine.isIdle == isIdle || $0.machine.isOver }
    }

    /// Waits until the process has ended or is about to be killed.
    package func waitUntilOver() async {
        await condition.wait { $0.machine.isOver }
    }

    /// Ends every open event and every open request after the process has ended.
    ///
    /// - Parameter how: A description of the exit, for people.
    package func processEnded(_ how: String) {
        condition.change { state in
            state.machine.end()
            state.completeAll(.processEnded(how))
        }
    }
}
