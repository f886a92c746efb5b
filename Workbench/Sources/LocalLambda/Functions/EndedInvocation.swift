/// An invocation that has ended, with what its caller sent and what the function printed.
package struct EndedInvocation: Sendable {
    package let summary: InvocationSummary
    /// The event, as the caller sent it.
    package let event: [UInt8]
    /// The client context in JSON; `nil` for none.
    package let clientContext: String?
    /// The caller's tenant id; `nil` for none.
    package let tenantID: String?
    /// The number of the build that served it, counted from 1 since the start of the server.
    package let buildNumber: Int
    /// Waits until the last lines have arrived, and returns the end of the function's log.
    package let log: @Sendable () async -> [UInt8]

    init(
        _ request: InvocationRequest,
        _ summary: InvocationSummary,
        buildNumber: Int,
        log: @escaping @Sendable () async -> [UInt8]
    ) {
        self.summary = summary
        self.event = request.event
        self.clientContext = request.clientContext
        self.tenantID = request.tenantID
        self.buildNumber = buildNumber
        self.log = log
    }
}
