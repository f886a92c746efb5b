/// The order of a function's requests to the Runtime API: events in, actions out, and no I/O.
///
/// It serves one worker: one event at a time, and the next one when the function asks for it.
package struct RuntimeStateMachine: Sendable {
    /// Names a request for the next event that is kept open.
    package typealias Waiter = Int

    private enum State {
        /// The process has not asked for an event yet.
        case starting
        /// The process waits for an event.
        case parked(Waiter, last: String?)
        /// The process has an event.
        case invoking(Invocation)
        /// The process has answered the event with this request id, and has not asked for another.
        case answered(last: String)
        /// The process let an event's time run out; it is about to be killed.
        case expired(requestID: String)
        /// The process said that it cannot start.
        case initFailed
        /// There is no process any more.
        case ended
    }

    private var state = State.starting
    private var queue: [Invocation] = []

    /// Makes the state of a process that has just been started.
    package init() {}

    /// Whether the process waits for an event and none is there: the moment at which Lambda freezes it.
    package var isIdle: Bool {
        if case .parked = state { true } else { false }
    }

    /// Whether the process has an event and has not answered it.
    ///
    /// - Parameter requestID: The event's request id.
    /// - Returns: Whether it is at it.
    package func isInvoking(requestID: String) -> Bool {
        if case .invoking(let invocation) = state { invocation.requestID == requestID } else { false }
    }

    /// Whether the process is gone.
    package var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Whether the process is gone, or will be.
    package var isOver: Bool {
        switch state {
        case .expired, .initFailed, .ended: true
        case .starting, .parked, .invoking, .answered: false
        }
    }
}

// MARK: - An event comes

extension RuntimeStateMachine {
    /// What to do with a new event.
    package enum SubmitAction: Sendable, Hashable {
        /// Hand it to the request that is kept open.
        case deliver(to: Waiter)
        /// Nothing: it waits here.
        case keep
        /// Tell its sender that it cannot be taken.
        case refuse
    }

    /// An event comes in.
    ///
    /// - Parameter invocation: The event.
    /// - Returns: What to do.
    package mutating func submit(_ invocation: Invocation) -> SubmitAction {
        switch state {
        case .parked(let waiter, _):
            state = .invoking(invocation)
            return .deliver(to: waiter)
        case .starting, .invoking, .answered:
            guard queue.count < RuntimeLimits.queuedEventLimitCount else { return .refuse }
            queue.append(invocation)
            return .keep
        case .expired, .initFailed, .ended:
            return .refuse
        }
    }
}

// MARK: - The function asks

extension RuntimeStateMachine {
    /// What to do with a request for the next event.
    package enum NextAction: Sendable, Hashable {
        /// Answer it with an event.
        case deliver(Invocation)
        /// Keep it open.
        case park
        /// Turn it down.
        case refuse(RuntimeRefusal)
    }

    /// The function asks for the next event.
    ///
    /// - Parameter waiter: A name for the request, should it be kept open.
    /// - Returns: What to do.
    package mutating func next(_ waiter: Waiter) -> NextAction {
        let last: String?
        switch state {
        case .starting: last = nil
        case .answered(let id): last = id
        case .parked: return .refuse(.invalidTransition("/next is out of order: another /next is still open"))
        case .invoking(let invocation):
            let id = invocation.requestID
            return .refuse(.invalidTransition("/next is out of order: request \(id) has no response yet"))
        case .expired(let id): return .refuse(.invalidTransition("/next is too late: request \(id) has timed out"))
        case .initFailed: return .refuse(.invalidTransition("/next is out of order: an init error was reported"))
        case .ended: return .refuse(.invalidTransition("the sandbox is being shut down"))
        }
        guard !queue.isEmpty else {
            state = .parked(waiter, last: last)
            return .park
        }
        let invocation = queue.removeFirst()
        state = .invoking(invocation)
        return .deliver(invocation)
    }

    /// The connection of a request that was kept open is gone.
    ///
    /// - Parameter waiter: The request's name.
    /// - Returns: Whether it was open; otherwise nothing changes.
    package mutating func abandon(_ waiter: Waiter) -> Bool {
        guard case .parked(waiter, let last) = state else { return false }
        state = last.map(State.answered) ?? .starting
        return true
    }
}

// MARK: - The function answers

extension RuntimeStateMachine {
    /// The function posts a response or an error.
    ///
    /// - Parameters:
    ///   - requestID: The id in the path.
    ///   - invocationID: The echoed second id; `nil` when the runtime sends none, which older ones do.
    /// - Returns: The invocation that is over by that.
    /// - Throws: Why the post is turned down.
    package mutating func finish(
        requestID: String,
        invocationID: String?
    ) throws(RuntimeRefusal) -> Invocation {
        switch state {
        case .invoking(let invocation) where invocation.requestID == requestID:
            guard invocationID == nil || invocationID == invocation.invocationID else {
                throw .gone("Lambda-Runtime-Invocation-Id is not the one of request \(requestID)")
            }
            state = .answered(last: requestID)
            return invocation
        case .expired(requestID):
            throw .gone("request \(requestID) has timed out")
        case .answered(requestID), .parked(_, requestID?):
            throw .invalidTransition("request \(requestID) already has its response")
        default:
            throw .invalidRequestID
        }
    }

    /// The function says that it cannot start.
    ///
    /// - Throws: Why the post is turned down: it is only for the time before the first `/next`.
    package mutating func failInit() throws(RuntimeRefusal) {
        guard case .starting = state else {
            throw .invalidTransition("/init/error is out of order: the init phase is over")
        }
        state = .initFailed
        queue = []
    }
}

// MARK: - Time and the process

extension RuntimeStateMachine {
    /// The time of an invocation runs out.
    ///
    /// - Parameter requestID: Its request id.
    /// - Returns: Whether the function was still at it.
    package mutating func expire(requestID: String) -> Bool {
        guard case .invoking(let invocation) = state, invocation.requestID == requestID else { return false }
        state = .expired(requestID: requestID)
        return true
    }

    /// The process has ended.
    package mutating func end() {
        state = .ended
        queue = []
    }
}
