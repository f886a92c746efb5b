/// One event for the function, with the values that the Runtime API sends in its headers.
package struct Invocation: Sendable, Hashable {
    /// The request id, part of the paths of the Runtime API.
    package let requestID: String
    /// The value of `Lambda-Runtime-Invocation-Id`, which the runtime echoes (added to the Runtime API in 2026).
    package let invocationID: String
    /// The event's bytes.
    package let event: [UInt8]
    /// The function's timeout, counted from delivery of the event.
    package let timeout: Duration
    /// The function's ARN.
    package let functionARN: String
    /// The X-Ray trace header; `nil` omits it.
    package let traceID: String?
    /// The caller's client context in JSON; `nil` omits the header.
    package let clientContext: String?
    /// The caller's Cognito identity in JSON; `nil` omits the header.
    package let cognitoIdentity: String?
    /// The caller's tenant id; `nil` omits the header.
    package let tenantID: String?

    /// Creates an invocation.
    package init(
        requestID: String,
        invocationID: String,
        event: [UInt8],
        timeout: Duration,
        functionARN: String,
        traceID: String?,
        clientContext: String?,
        cognitoIdentity: String?,
        tenantID: String?
    ) {
        self.requestID = requestID
        self.invocationID = invocationID
        self.event = event
        self.timeout = timeout
        self.functionARN = functionARN
        self.traceID = traceID
        self.clientContext = clientContext
        self.cognitoIdentity = cognitoIdentity
        self.tenantID = tenantID
    }
}
