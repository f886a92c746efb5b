package import RuntimeAPI

/// A function that events can be given to.
package protocol InvocableFunction: Sendable {
    /// The function's name.
    var name: String { get }
    /// The function's ARN.
    var arn: String { get }

    /// Gives an event to the function, and waits for its end.
    ///
    /// - Parameters:
    ///   - request: The event, and what its caller says of it.
    ///   - pipe: Where a streamed response goes piece by piece; `nil` has it put together. It is finished at the end, also
    ///     when this throws.
    /// - Returns: What became of it.
    /// - Throws: ``InvocationRefusal`` when the function was not given the event.
    func invoke(
        _ request: InvocationRequest,
        into pipe: ResponsePipe?
    ) async throws(InvocationRefusal) -> InvocationReport
}

/// An event for a function, and what its caller says of it.
package struct InvocationRequest: Sendable {
    /// The request's id; the same one when an event is tried again.
    package let requestID: String
    /// The event, in JSON.
    package let event: [UInt8]
    /// The client context in JSON; `nil` for none.
    package var clientContext: String?
    /// X-Ray's header; `nil` has one made.
    package var traceID: String?
    /// The caller's tenant; `nil` for none.
    package var tenantID: String?
    /// Whether the caller wants the end of the log.
    package var wantsLog = false
    /// Whether to wait when as many events are under way as may be; otherwise the event is turned down.
    package var waitsForRoom = false

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - requestID: The request's id.
    ///   - event: The event, in JSON.
    package init(requestID: String, event: [UInt8]) {
        self.requestID = requestID
        self.event = event
    }
}

/// What became of an event.
package struct InvocationReport: Sendable {
    /// The answer, or the failure.
    package enum Result: Sendable, Hashable {
        /// The function answered; the bytes are empty when they went through a pipe.
        case response([UInt8], contentType: String?)
        /// The function failed.
        case failure(FunctionError)

        /// The failure; `nil` when the function answered.
        package var error: FunctionError? {
            if case .failure(let error) = self { error } else { nil }
        }
    }

    /// The answer, or the failure.
    package let result: Result
    /// The end of the log, when it was asked for.
    package let log: [UInt8]

    /// Makes a report of all its fields.
    package init(result: Result, log: [UInt8]) {
        self.result = result
        self.log = log
    }
}

/// Why a function was not given an event.
package enum InvocationRefusal: Error, Sendable, Hashable {
    /// As many events are under way as may be.
    case tooManyRequests
    /// The server is about to end.
    case shuttingDown
}
