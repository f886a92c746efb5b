public import FoundationEssentials
public import Logging
public import SessionTracing

/// All that a handler can know of its invocation besides the event.
public struct InvocationContext: Sendable {
    /// Lambda's id of this invocation.
    public let requestID: String
    /// The ARN by which the function was invoked; holds the alias or version, if one was named.
    public let functionARN: String
    /// The function's name; empty when run outside Lambda.
    public let functionName: String
    /// The function's version; empty when run outside Lambda.
    public let functionVersion: String
    /// When Lambda ends the invocation.
    public let deadline: Date
    /// The HoneyHive session: its id, where that came from, and its name.
    public let session: Session
    /// Makes spans in this invocation's session.
    public let tracer: InvocationTracer
    /// Writes lines that carry this invocation's request id, session id and trace id.
    public let logger: Logger
    /// The records of a batch, each with the session of its own caller; empty when the event is no batch.
    ///
    /// The first 10,000 of them, in the event's order: no service sends more.
    public let records: [InvocationRecord]
    /// The `X-Amzn-Trace-Id` that Lambda sent, or nil.
    ///
    /// It belongs to X-Ray's own trace, not to this one.
    public let xrayTraceID: String?
    /// What a mobile SDK or a direct caller sent along, or nil.
    public let clientContext: ClientContext?
    /// The Cognito identity of the caller, or nil.
    public let identity: CognitoIdentity?
    /// The tenant's id, with Lambda's tenant isolation, or nil.
    public let tenantID: String?
    /// Whether this is the process's first invocation.
    public let isColdStart: Bool

    let remaining: InvocationDeadline
    /// How long before the deadline nothing new is begun: what has ended by then is being delivered.
    let deadlineMargin: Duration

    /// How long the invocation may still run; zero after the deadline.
    public var remainingTime: Duration { remaining.remaining }
}
