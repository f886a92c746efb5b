import OTLP

/// State machine of one worker's requests to the Runtime API: events in, actions out, no I/O.
///
/// The worker processes one event at a time and requests the next one when it is ready.
struct RuntimeStateMachine: Sendable {
    /// Identifies an open long-poll request for the next event.
    typealias Waiter = Int

    private enum State {
        /// The process has not requested an event yet.
        case starting
        /// The process waits for an event.
        case parked(Waiter, last: String?)
        /// The process has an event.
        case invoking(Invocation)
        /// The process has responded to the event with this request id, and has not requested another.
        case answered(last: String)
        /// The process exceeded an event's timeout; it is about to be killed.
        case expired(requestID: String)
        /// The process reported that it cannot start.
        case initFailed
        /// The process has ended.
        case ended
    }

    private var state = State.starting
    private var queue: [Invocation] = []

    /// True while the process waits for an event and the queue is empty: the state in which Lambda freezes it.
    var isIdle: Bool {
        if case .parked = state { true } else { false }
    }

    /// Checks that the process has an event and has not responded to it.
    ///
    /// - Returns: `true` while the process works on it.
    func isInvoking(requestID: String) -> Bool {
        if case .invoking(let invocation) = state { invocation.requestID == requestID } else { false }
    }

    /// True after the process has ended.
    var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// True after the process has ended, and when it is about to be killed.
    var isOver: Bool {
        switch state {
        case .expired, .initFailed, .ended: true
        case .starting, .parked, .invoking, .answered: false
        }
    }
}

// MARK: - New events

extension RuntimeStateMachine {
    /// The action for a new event.
    enum SubmitAction: Sendable, Hashable {
        /// Deliver the event to the open long-poll request.
        case deliver(to: Waiter)
        /// None: the event stays in the queue.
        case keep
        /// Reject the event.
        case refuse
    }

    /// Handles a new event.
    mutating func submit(_ invocation: Invocation) -> SubmitAction {
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

// MARK: - Requests for events

extension RuntimeStateMachine {
    /// The action for a request for the next event.
    enum NextAction: Sendable, Hashable {
        /// Respond with an event.
        case deliver(Invocation)
        /// Keep the request open.
        case park
        /// Reject the request.
        case refuse(RuntimeRefusal)
    }

    /// Handles the function's request for the next event.
    ///
    /// `waiter`: An identifier of the request, used if it is kept open.
    mutating func next(_ waiter: Waiter) -> NextAction {
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

    /// Handles the request of a process that may have been started anew, before it asks for an event.
    ///
    /// - Returns: The request id of the event that the process before has not answered.
    mutating func restart() -> String? {
        switch state {
        case .invoking(let invocation):
            state = .starting
            return invocation.requestID
        case .initFailed: state = .starting
        case .starting, .parked, .answered, .expired, .ended: break
        }
        return nil
    }

    /// Handles the end of the connection of an open long-poll request.
    ///
    /// - Returns: `true` when the request was open; otherwise nothing changes.
    mutating func abandon(_ waiter: Waiter) -> Bool {
        guard case .parked(waiter, let last) = state else { return false }
        state = last.map(State.answered) ?? .starting
        return true
    }
}

// MARK: - Responses

extension RuntimeStateMachine {
    /// Handles the function's response or error report.
    ///
    /// `invocationID`: The echoed `Lambda-Runtime-Invocation-Id`; `nil` when the runtime sends none, as older ones
    /// do.
    /// Throws ``RuntimeRefusal`` when the post is rejected.
    mutating func finish(
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

    /// Handles the function's report that it cannot start.
    ///
    /// - Throws: ``RuntimeRefusal`` when the post is rejected: it is allowed only before the first `/next`.
    mutating func failInit() throws(RuntimeRefusal) {
        guard case .starting = state else {
            throw .invalidTransition("/init/error is out of order: the init phase is over")
        }
        state = .initFailed
        queue = []
    }
}

// MARK: - Timeout and process exit

extension RuntimeStateMachine {
    /// Handles the timeout of an invocation.
    ///
    /// - Returns: `true` when the function was still working on it.
    mutating func expire(requestID: String) -> Bool {
        guard case .invoking(let invocation) = state, invocation.requestID == requestID else { return false }
        state = .expired(requestID: requestID)
        return true
    }

    /// Handles the end of the process.
    mutating func end() {
        state = .ended
        queue = []
    }
}

/// The reason for which the Runtime API rejects a request.
enum RuntimeRefusal: Error, Sendable, Hashable {
    /// 400: the path names no current request.
    case invalidRequestID
    /// 400: an unknown response mode.
    case invalidResponseMode
    /// 400: the connection closed before the end of the body.
    case truncatedRequest
    /// 403: the request is not allowed in the current state.
    case invalidTransition(String)
    /// 410: the invocation is over, or the invocation id belongs to another one.
    case gone(String)
    /// 413: the body exceeds the size limit.
    case tooLarge

    /// The HTTP status.
    var statusCode: Int {
        switch self {
        case .invalidRequestID, .invalidResponseMode, .truncatedRequest: 400
        case .invalidTransition: 403
        case .gone: 410
        case .tooLarge: 413
        }
    }

    private var errorType: String {
        switch self {
        case .invalidRequestID: "InvalidRequestID"
        case .invalidResponseMode: "InvalidFunctionResponseMode"
        case .truncatedRequest: "TruncatedRequest"
        case .invalidTransition: "InvalidStateTransition"
        case .gone: "InvocationGone"
        case .tooLarge: "RequestEntityTooLarge"
        }
    }

    /// The error message, for people.
    var message: String {
        switch self {
        case .invalidRequestID: "Invalid request ID"
        case .invalidResponseMode: "Lambda-Runtime-Function-Response-Mode must be 'streaming' or absent"
        case .truncatedRequest: "The connection broke in the middle of the body"
        case .invalidTransition(let what), .gone(let what): what
        case .tooLarge: "Exceeded maximum allowed payload size (\(RuntimeLimits.responseBytes) bytes)."
        }
    }

    /// The response body.
    var json: JSONValue {
        ["errorMessage": .string(message), "errorType": .string(errorType)]
    }
}

/// Lambda's limits, as the local Runtime API enforces them.
package enum RuntimeLimits {
    /// The response limit, in bytes; Lambda answers 413 beyond it.
    static let responseBytes = 6_291_556
    /// The limit of a streamed response, in bytes.
    static let streamedResponseBytes = 209_715_200
    /// The limit of an event, in bytes.
    package static let eventBytes = 6_291_456
    /// The limit of an error report, in bytes.
    static let errorReportBytes = 262_144
    /// The time limit from the process's start to its first `/next`, in milliseconds.
    package static let initTimeoutMilliseconds = 10_000
    /// The limit of events in the queue of one process.
    static let queuedEventLimitCount = 100
    /// The limit of extensions of one process.
    static let extensionLimitCount = 10
}
