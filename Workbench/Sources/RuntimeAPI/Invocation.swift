/// One event on its way to the function, with all that the Runtime API says of it.
package struct Invocation: Sendable, Hashable {
    /// The request's id, as it stands in the paths of the Runtime API.
    package let requestID: String
    /// A second id, which the runtime echoes (new in 2026).
    package let invocationID: String
    /// The event.
    package let event: [UInt8]
    /// The time that the function has, from the moment at which the event is handed over.
    package let timeout: Duration
    /// The function's ARN.
    package let functionARN: String
    /// X-Ray's header; `nil` sends none.
    package let traceID: String?
    /// The caller's client context in JSON; `nil` sends none.
    package let clientContext: String?
    /// The caller's Cognito identity in JSON; `nil` sends none.
    package let cognitoIdentity: String?
    /// The caller's tenant; `nil` sends none.
    package let tenantID: String?

    /// Makes an invocation of all its fields.
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
