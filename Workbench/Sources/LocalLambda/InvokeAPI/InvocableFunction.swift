/// A function that can be invoked.
package protocol InvocableFunction: Sendable {
    /// The function's name.
    var name: String { get }
    /// The function's ARN.
    var arn: String { get }

    /// Invokes the function and waits for the end.
    ///
    /// - Parameters:
    ///   - request: The event and the caller's options.
    ///   - pipe: The receiver of a streamed response, chunk by chunk; `nil` collects the response in memory. The pipe
    ///     is finished at the end, also when this throws.
    /// - Returns: The result.
    /// - Throws: ``InvocationRefusal`` when the event was not delivered to the function.
    func invoke(
        _ request: InvocationRequest,
        into pipe: ResponsePipe?
    ) async throws(InvocationRefusal) -> InvocationReport
}

/// An event for a function, with the caller's options.
package struct InvocationRequest: Sendable {
    /// The request id; retries of an event keep it.
    package let requestID: String
    /// The event, in JSON.
    package let event: [UInt8]
    /// The client context in JSON; `nil` for none.
    package var clientContext: String?
    /// The X-Ray trace header; `nil` to generate one.
    package var traceID: String?
    /// The caller's tenant id; `nil` for none.
    package var tenantID: String?
    /// True when the caller requests the tail of the log.
    package var wantsLog = false
    /// True to wait while the concurrency limit is reached; false to be throttled.
    package var waitsForCapacity = false

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - requestID: The request id.
    ///   - event: The event, in JSON.
    package init(requestID: String, event: [UInt8]) {
        self.requestID = requestID
        self.event = event
    }
}

/// The result of an invocation, as the caller sees it.
package struct InvocationReport: Sendable {
    /// The response or the error.
    package enum Result: Sendable, Hashable {
        /// The function's response; empty when it was written to a pipe.
        case response([UInt8], contentType: String?)
        /// The function's error.
        case failure(FunctionError)

        /// The error; `nil` when the function responded.
        package var error: FunctionError? {
            if case .failure(let error) = self { error } else { nil }
        }
    }

    /// The response or the error.
    package let result: Result
    /// The tail of the log; empty unless requested.
    package let log: [UInt8]

    /// Creates a report.
    package init(result: Result, log: [UInt8]) {
        self.result = result
        self.log = log
    }
}

/// The reason for which an event was not delivered to a function.
package enum InvocationRefusal: Error, Sendable, Hashable {
    /// The concurrency limit is reached.
    case tooManyRequests
    /// The server is shutting down.
    case shuttingDown
}
