/// The Runtime API of one function process: the state machine with a clock, and with tasks that wait for it.
package final class LocalRuntimeAPI: Sendable {
    /// What the lock guards.
    struct State: Sendable {
        var machine = RuntimeStateMachine()
        var waiterCount = 0
        var handedOver: [RuntimeStateMachine.Waiter: Invocation] = [:]
        var abandoned: Set<RuntimeStateMachine.Waiter> = []
        var deliveredAt: [String: ContinuousClock.Instant] = [:]
        var outcomes: [String: InvocationOutcome] = [:]
        var open: [String: Invocation] = [:]
        var pipes: [String: ResponsePipe] = [:]
        var askedAt: ContinuousClock.Instant?

        mutating func deliver(_ invocation: Invocation) {
            deliveredAt[invocation.requestID] = .now
        }

        mutating func settle(_ requestID: String, _ ending: InvocationOutcome.Ending, echoed: Bool = false) {
            guard open.removeValue(forKey: requestID) != nil else { return }
            pipes.removeValue(forKey: requestID)?.finish()
            outcomes[requestID] = InvocationOutcome(
                ending: ending,
                deliveredAt: deliveredAt.removeValue(forKey: requestID),
                endedAt: .now,
                echoedInvocationID: echoed
            )
        }

        mutating func settleAll(_ ending: InvocationOutcome.Ending) {
            for requestID in open.keys { settle(requestID, ending) }
        }
    }

    let gate = Gate(State())
    private let initTimeout: Duration

    /// Makes the API for a process that is about to be started.
    ///
    /// - Parameter initTimeout: The time that the process has until its first `/next`.
    package init(initTimeout: Duration = .milliseconds(RuntimeLimits.initTimeoutMilliseconds)) {
        self.initTimeout = initTimeout
    }

    /// Hands an event to the function and waits for its end, whatever that is.
    ///
    /// - Parameters:
    ///   - invocation: The event.
    ///   - pipe: Where a streamed response goes piece by piece; `nil` has it put together. It is finished at the end.
    /// - Returns: How it ended. A cancelled task gets ``InvocationOutcome/Ending/processEnded(_:)``.
    package func invoke(_ invocation: Invocation, into pipe: ResponsePipe? = nil) async -> InvocationOutcome {
        let requestID = invocation.requestID
        gate.change { state in
            state.open[requestID] = invocation
            state.pipes[requestID] = pipe
            switch state.machine.submit(invocation) {
            case .deliver(let waiter):
                state.handedOver[waiter] = invocation
                state.deliver(invocation)
            case .keep: break
            case .refuse: state.settle(requestID, .processEnded("the function takes no more events"))
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchClock(of: invocation) }
            await gate.wait { $0.outcomes[requestID] != nil }
            group.cancelAll()
        }
        return gate.change { state in
            // Still open only when this task was cancelled.
            state.settle(requestID, .processEnded("interrupted"))
            return state.outcomes.removeValue(forKey: requestID)
        } ?? .neverDelivered("interrupted")
    }

    private func watchClock(of invocation: Invocation) async {
        let requestID = invocation.requestID
        let isDelivered = await gate.wait(for: initTimeout) { state in
            state.deliveredAt[requestID] != nil || state.outcomes[requestID] != nil
        }
        guard isDelivered else {
            if !Task.isCancelled { gate.change { $0.settle(requestID, .initTimedOut) } }
            return
        }
        guard let deliveredAt = gate.state.deliveredAt[requestID] else { return }
        do {
            try await Task.sleep(until: deliveredAt + invocation.timeout, clock: .continuous)
        } catch {
            return
        }
        gate.change { state in
            if state.machine.expire(requestID: requestID) { state.settle(requestID, .timedOut) }
        }
    }

    /// Waits until the function has asked for its next event, or is gone.
    ///
    /// - Parameter limit: How long to wait.
    package func waitUntilIdle(for limit: Duration) async {
        _ = await gate.wait(for: limit) { $0.machine.isIdle || $0.machine.isEnded }
    }

    /// Whether the process can be given events.
    package var isOpen: Bool { !gate.state.machine.isOver }

    /// When the process asked for its first event; `nil` when it has not yet.
    package var askedAt: ContinuousClock.Instant? { gate.state.askedAt }

    /// Waits until the function is idle, or is not any more; returns also when the process is gone.
    ///
    /// - Parameter isIdle: Which of the two.
    package func waitUntil(idle isIdle: Bool) async {
        await gate.wait { $0.machine.isIdle == isIdle || $0.machine.isOver }
    }

    /// Waits until the process is gone, or will be.
    package func waitUntilOver() async {
        await gate.wait { $0.machine.isOver }
    }

    /// The process has ended: every open event ends with it, and every open request.
    ///
    /// - Parameter how: How it ended, for people.
    package func processEnded(_ how: String) {
        gate.change { state in
            state.machine.end()
            state.settleAll(.processEnded(how))
        }
    }
}
