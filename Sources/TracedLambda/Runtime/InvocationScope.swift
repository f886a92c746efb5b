internal import FoundationEssentials
internal import Logging
internal import SessionTracing
internal import TriggerContext

/// One invocation from its event to its answer: the session, the tracer, the root span, and what the handler gets to see.
struct InvocationScope: Sendable {
    typealias Inbox = Mailbox<Message>

    /// What the invocation's tasks tell the worker's thread.
    enum Message: Sendable {
        case finished(InvocationAnswer)
        case flushRequested(CheckedContinuation<FlushReport, Never>)
    }

    let deadline: InvocationDeadline
    let inbox: Inbox
    let root: TracedSpan
    let context: InvocationContext
    /// What the caller sent and could not be used, said without its content.
    let problems: [String]

    init(
        _ invocation: Invocation,
        function: FunctionIdentity,
        resolver: SessionResolver,
        recorder: SpanBuffer?,
        clock: TraceClock,
        isColdStart: Bool
    ) {
        var problems: [String] = []
        let clientContext = invocation.clientContext.flatMap { text in
            ClientContext.parse(text) ?? note("the client context is not a JSON object and is ignored", in: &problems)
        }
        let trigger = TriggerContext.extract(event: invocation.body, clientContext: clientContext?.carrier)
        let session = resolver.session(for: trigger)
        if session.id.upstreamText != nil {
            problems.append("the caller's session id is not a UUID; session \(session.id) stands for it")
        }
        let deadline = InvocationDeadline(header: invocation.deadline, clock: clock)
        if !deadline.isGiven { problems.append("Lambda sent no usable deadline; 15 minutes are assumed") }
        let inbox = Inbox()
        let tracer = InvocationTracer(
            requestID: invocation.requestID,
            session: session,
            parent: trigger.parent,
            baggage: trigger.baggage,
            policy: resolver.settings.policy,
            recorder: recorder,
            clock: clock,
            flushHandler: { await Self.requestFlush(inbox) }
        )
        let root = tracer.startRootSpan(function.spanName, kind: .server, parent: trigger.parent)
        InvocationAttributes.write(to: root, invocation: invocation, session: session, isColdStart: isColdStart)
        var logger = Logger(label: function.spanName)
        for (key, value) in Logger.Metadata.correlation(of: root) { logger[metadataKey: key] = value }
        self.deadline = deadline
        self.inbox = inbox
        self.root = root
        context = InvocationContext(
            requestID: invocation.requestID,
            functionARN: invocation.functionARN,
            functionName: function.name,
            functionVersion: function.version,
            deadline: Date(timeIntervalSince1970: Double(deadline.unixMilliseconds) / 1_000),
            session: session,
            tracer: tracer,
            logger: logger,
            xrayTraceID: invocation.xrayTraceID,
            clientContext: clientContext?.context,
            identity: invocation.cognitoIdentity.flatMap { text in
                CognitoIdentity.parse(text) ?? note("the Cognito identity cannot be read and is ignored", in: &problems)
            },
            tenantID: invocation.tenantID,
            isColdStart: isColdStart,
            remaining: deadline
        )
        self.problems = problems
    }

    /// Asks the worker's thread, which owns the connection, to flush while the handler goes on waiting.
    private static func requestFlush(_ inbox: Inbox) async -> FlushReport {
        await withCheckedContinuation { continuation in
            // After the invocation nobody reads the mail, and the next flush takes the spans along.
            if !inbox.send(.flushRequested(continuation)) { continuation.resume(returning: FlushReport()) }
        }
    }
}

/// Keeps a problem, and gives nil in place of what could not be read.
private func note<Value>(_ problem: String, in problems: inout [String]) -> Value? {
    problems.append(problem)
    return nil
}
