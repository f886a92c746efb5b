extension LocalRuntimeAPI {
    /// The function asks for its next event; returns when one is there.
    ///
    /// - Parameter whenOpen: Called once if the request has to stay open, with what to call when its connection is gone.
    /// - Returns: The event.
    /// - Throws: Why the request is turned down.
    package func next(
        whenOpen: (_ abandon: @escaping @Sendable () -> Void) -> Void
    ) async throws(RuntimeRefusal) -> Invocation {
        let (waiter, action) = gate.change { state in
            state.waiterCount += 1
            state.askedAt = state.askedAt ?? .now
            let action = state.machine.next(state.waiterCount)
            if case .deliver(let invocation) = action { state.deliver(invocation) }
            return (state.waiterCount, action)
        }
        switch action {
        case .deliver(let invocation): return invocation
        case .refuse(let refusal): throw refusal
        case .park: break
        }
        let gate = gate
        whenOpen { gate.change { $0.abandon(waiter) } }
        await gate.wait { state in
            state.handedOver[waiter] != nil || state.abandoned.contains(waiter) || state.machine.isOver
        }
        let invocation = gate.change { state in
            state.abandon(waiter)
            state.abandoned.remove(waiter)
            return state.handedOver.removeValue(forKey: waiter)
        }
        guard let invocation else { throw .invalidTransition("the sandbox is being shut down") }
        return invocation
    }

    /// The function posts the end of an event.
    ///
    /// - Parameters:
    ///   - requestID: The id in the path.
    ///   - invocationID: The echoed second id.
    ///   - ending: The end.
    /// - Throws: Why the post is turned down.
    package func finish(
        requestID: String,
        invocationID: String?,
        _ ending: InvocationOutcome.Ending
    ) throws(RuntimeRefusal) {
        try gate.change { state throws(RuntimeRefusal) in
            _ = try state.machine.finish(requestID: requestID, invocationID: invocationID)
            state.settle(requestID, ending, echoed: invocationID != nil)
        }
    }

    /// Where the function's streamed response is to go.
    ///
    /// - Parameter requestID: The id in the path.
    /// - Returns: `nil` when it is to be put together, or when the function has no such event now.
    package func pipe(for requestID: String) -> ResponsePipe? {
        let state = gate.state
        return state.machine.isInvoking(requestID: requestID) ? state.pipes[requestID] : nil
    }

    /// The function says that it cannot start.
    ///
    /// - Parameter error: Why.
    /// - Throws: Why the post is turned down.
    package func failInit(_ error: FunctionError) throws(RuntimeRefusal) {
        try gate.change { state throws(RuntimeRefusal) in
            try state.machine.failInit()
            state.settleAll(.initError(error))
        }
    }
}

extension LocalRuntimeAPI.State {
    mutating func abandon(_ waiter: RuntimeStateMachine.Waiter) {
        if machine.abandon(waiter) { abandoned.insert(waiter) }
    }
}
