internal import PlatformFoundation
internal import Logging
internal import SessionTracing
internal import Tracing
internal import TriggerContext

/// One running invocation, from its event to the end of its delivery.
final class ActiveInvocation: Sendable {
    let ids: InvocationIDs
    /// Runs the handler's tasks, and receives their messages.
    let executor: WorkerExecutor<InvocationMessage>
    let deadline: InvocationDeadline
    let root: TracedSpan
    let trigger: Trigger
    let context: InvocationContext
    /// True if the event and the output are recorded on the root span.
    let capturesPayload: Bool
    /// Descriptions of invalid data from the caller, without its content.
    let problems: [String]

    init(
        _ invocation: Invocation,
        executor: WorkerExecutor<InvocationMessage> = WorkerExecutor(),
        function: FunctionIdentity,
        resolver: SessionResolver,
        recorder: (any SpanRecorder)?,
        clock: TraceClock,
        registry: InvocationRegistry? = nil,
        isColdStart: Bool,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) {
        var problems: [String] = []
        let clientContext = invocation.clientContext.flatMap { text in
            ClientContext.parse(text)
                ?? note("the client context is ignored; its caller must send a JSON object", in: &problems)
        }
        let caller = TriggerContext.extract(
            event: invocation.body,
            clientContext: invocation.clientContext,
            sessionPath: resolver.settings.sessionPath,
            propagators: resolver.settings.policy.propagators
        )
        let session = resolver.session(for: caller)
        let records = caller.records.map { record in
            InvocationRecord(record, session: resolver.session(for: record, within: session))
        }
        problems += Self.problems(of: caller, sessions: [session] + records.map(\.session))
        let deadline = InvocationDeadline(header: invocation.deadline, clock: clock)
        if !deadline.isGiven { problems.append("Lambda sent no usable deadline; 15 minutes are assumed") }
        let tracer = InvocationTracer(
            requestID: invocation.ids.requestID,
            session: session,
            parent: caller.parent,
            baggage: caller.baggage,
            policy: resolver.settings.policy,
            recorder: recorder,
            deadlineUnixMilliseconds: deadline.unixMilliseconds,
            deadlineMargin: resolver.settings.deadlineMargin,
            clock: clock,
            ids: resolver.ids,
            registry: registry,
            flushHandler: flushHandler
        )
        let name = caller.trigger.rootSpanName(functionName: function.spanName)
        let root = tracer.startRootSpan(name, kind: caller.trigger.rootSpanKind, parent: caller.parent) { root in
            // Without a recorder the attributes would be discarded.
            guard recorder != nil else { return }
            caller.trigger.writeAttributes(to: root, recordID: caller.records.first?.id)
            // An item that expired has no caller; its trace is another one.
            for link in Set(caller.records.compactMap(\.link)) { root.addLink(to: link) }
            InvocationAttributes.write(to: root, invocation: invocation, session: session, isColdStart: isColdStart)
        }
        let logger = Logger(
            label: function.spanName,
            metadataProvider: .ids(of: root, xrayTraceID: invocation.xrayTraceID)
        )
        ids = invocation.ids
        self.executor = executor
        self.deadline = deadline
        self.root = root
        self.trigger = caller.trigger
        capturesPayload = resolver.settings.capturesPayload
        context = InvocationContext(
            requestID: invocation.ids.requestID,
            functionARN: invocation.functionARN,
            functionName: function.name,
            functionVersion: function.version,
            deadline: Date(timeIntervalSince1970: Double(deadline.unixMilliseconds) / 1_000),
            session: session,
            tracer: tracer,
            logger: logger,
            records: records,
            xrayTraceID: invocation.xrayTraceID,
            clientContext: clientContext,
            identity: invocation.cognitoIdentity.flatMap { text in
                CognitoIdentity.parse(text) ?? note("the Cognito identity cannot be read and is ignored", in: &problems)
            },
            tenantID: invocation.tenantID,
            isColdStart: isColdStart,
            invocationDeadline: deadline,
            deadlineMargin: resolver.settings.deadlineMargin
        )
        self.problems = problems
    }

    /// Returns the problems of the session ids and the trace context that the callers sent.
    private static func problems(of trigger: TriggerContext, sessions: [Session]) -> [String] {
        var problems = trigger.unusable.map { "\($0) is ignored; its caller must send a text or a number" }
        for problem in sessions.compactMap(\.problem) where !problems.contains(problem) { problems.append(problem) }
        return problems
    }
}

/// Records a problem, and returns nil in place of the invalid value.
private func note<Value>(_ problem: String, in problems: inout [String]) -> Value? {
    problems.append(problem)
    return nil
}

extension Logger.MetadataProvider {
    /// Returns a provider of the ids that relate a line to its invocation.
    ///
    /// They are formatted only when a line is written, because most invocations write none.
    fileprivate static func ids(of root: TracedSpan, xrayTraceID: String?) -> Logger.MetadataProvider {
        Logger.MetadataProvider {
            let current = InstrumentationContext.current?.tracedSpan
            var metadata = current.flatMap { .correlation(of: $0) } ?? .correlation(of: root) ?? [:]
            // The X-Ray trace's id, by which AWS's consoles find the trace.
            if let header = xrayTraceID.flatMap({ XRayTraceHeader($0) }) {
                metadata["xrayTraceId"] = .string(header.root)
            }
            return metadata
        }
    }
}
