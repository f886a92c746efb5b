public import HTTPCalls
public import PlatformFoundation
public import Logging
public import SessionTracing

/// The data of an invocation besides its event: session, tracer, logger, deadline and the data sent by Lambda.
public struct InvocationContext: Sendable {
    /// The request id of this invocation, assigned by Lambda.
    public let requestID: String
    /// The ARN by which the function was invoked, including the alias or version if one was specified.
    public let functionARN: String
    /// The function's name; empty outside Lambda.
    public let functionName: String
    /// The function's version; empty outside Lambda.
    public let functionVersion: String
    /// The time at which Lambda ends the invocation.
    public let deadline: Date
    /// The HoneyHive session.
    public let session: Session
    /// The tracer of this invocation, whose spans belong to its session.
    public let tracer: InvocationTracer
    /// A logger whose lines contain the ids of this invocation's request, session and trace, of the current span, and
    /// of the X-Ray trace if Lambda sent one.
    public let logger: Logger
    /// The records of a batch, each with the session of its own caller; empty if the event is not a batch.
    ///
    /// At most the first 10,000, in the event's order: no service sends more.
    public let records: [InvocationRecord]
    /// The `X-Amzn-Trace-Id` that Lambda sent, or nil.
    ///
    /// It identifies the X-Ray trace, which is separate from this trace.
    public let xrayTraceID: String?
    /// The client context from a mobile SDK or a direct caller, or nil.
    public let clientContext: ClientContext?
    /// The Cognito identity of the caller, or nil.
    public let identity: CognitoIdentity?
    /// The tenant's id with Lambda's tenant isolation, or nil.
    public let tenantID: String?
    /// True if this is the process's first invocation.
    public let isColdStart: Bool

    let invocationDeadline: InvocationDeadline
    /// The time before the deadline from which no new work is started, because spans are being delivered.
    let deadlineMargin: Duration

    /// The HTTP client of this invocation: each call is a span under the current one, and ends in time for the flush.
    ///
    /// ```swift
    /// let rate = try await context.http.get("https://api.example.com/rate").requireSuccess().decode(Rate.self)
    /// ```
    public var http: HTTPClient { HTTPClient(transport: nil, tracer: tracer) }

    /// The remaining time of the invocation; zero after the deadline.
    public var remainingTime: Duration { invocationDeadline.remaining }
}
