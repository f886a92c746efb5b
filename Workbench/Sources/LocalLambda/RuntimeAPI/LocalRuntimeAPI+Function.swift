extension LocalRuntimeAPI {
    /// Handles the function's request for its next event; returns when an event is available.
    ///
    /// - Parameter whenOpen: Called once if the request has to wait; receives a function to call when the connection
    ///   closes.
    /// - Returns: The event.
    /// - Throws: ``RuntimeRefusal`` when the request is rejected.
    package func next(
        whenOpen: (_ abandon: @escaping @Sendable () -> Void) -> Void
    ) async throws(RuntimeRefusal) -> Invocation {
        let (waiter, action) = condition.change { state in
            state.waiterCount += 1
            state.firstRequestAt = state.firstRequestAt ?? .now
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
    /// - Parameters:
    ///   - requestID: The request id in the path.
    ///   - invocationID: The echoed `Lambda-Runtime-Invocation-Id`.
    ///   - ending: The result.
    /// - Throws: ``RuntimeRefusal`` when the post is rejected.
    package func finish(
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
    /// - Parameter requestID: The request id in the path.
    /// - Returns: `nil` when the response is to be collected in memory, or when the function is not processing this
    ///   event.
    package func pipe(for requestID: String) -> ResponsePipe? {
        let state = condition.state
        return state.machine.isInvoking(requestID: requestID) ? state.pipes[requestID] : nil
    }

    /// Handles the function's report that it cannot start.
    ///
    /// - Parameter error: The reported error.
    /// - Throws: ``RuntimeRefusal`` when the post is rejected.
    package func failInit(_ error: FunctionError) throws(RuntimeRefusal) {
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
