internal import CurlTransport
package import SessionTracing

/// One invocation without a Runtime API and without a network: what the runtime does between `/next` and the response.
package struct InProcessInvocation: Sendable {
    /// How an error is reported to Lambda.
    package struct Failure: Error, Sendable {
        package let type: String
        package let message: String
    }

    /// What came of an invocation.
    package struct Outcome: Sendable {
        package let result: Result<[UInt8], Failure>
        package let session: Session
        package let sessionRequests: [SessionRequest]
    }

    private let resolver: SessionResolver
    private let function: FunctionIdentity
    private let recorder: any SpanRecorder
    private let clock: TraceClock

    /// Prepares invocations of one process.
    ///
    /// - Parameters:
    ///   - configuration: The handler's own settings.
    ///   - environment: Takes the place of the process's.
    ///   - recorder: Takes the ended spans.
    ///   - clock: Takes the place of the system's clocks.
    ///   - ids: Takes the place of random ids.
    package init(
        configuration: TracingConfiguration,
        environment: Environment,
        recorder: any SpanRecorder,
        clock: TraceClock,
        ids: IDGenerator
    ) {
        let settings = TracingSettings.resolve(configuration, environment).settings
        resolver = SessionResolver(settings: settings, ids: ids)
        function = FunctionIdentity(environment)
        self.recorder = recorder
        self.clock = clock
    }

    /// Runs a handler on an event.
    ///
    /// - Parameters:
    ///   - handler: The user's handler.
    ///   - body: The event's bytes.
    ///   - headers: What the Runtime API would send with it; a request id must be among them.
    ///   - isColdStart: Whether this is the first invocation.
    ///   - flushHandler: Answers the handler's own flushes.
    /// - Returns: What came of it; nil without a request id.
    package func run(
        _ handler: some TracedHandler,
        body: [UInt8],
        headers: [(name: String, value: String)],
        isColdStart: Bool,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) async -> Outcome? {
        guard let scope = scope(body, headers, isColdStart, flushHandler) else { return nil }
        let answer = await InvocationHandler.answer(of: handler, to: body, in: scope)
        return outcome(answer, of: scope)
    }

    /// Runs a handler on an event and gathers what it streams.
    ///
    /// - Parameters:
    ///   - handler: The user's handler.
    ///   - body: The event's bytes.
    ///   - headers: What the Runtime API would send with it; a request id must be among them.
    ///   - isColdStart: Whether this is the first invocation.
    ///   - flushHandler: Answers the handler's own flushes.
    /// - Returns: What came of it, the head that went out, and what was written after it; nil without a request id.
    package func run(
        streaming handler: some StreamingTracedHandler,
        body: [UInt8],
        headers: [(name: String, value: String)],
        isColdStart: Bool,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) async -> (outcome: Outcome, head: ResponseHead?, written: [UInt8])? {
        guard let scope = scope(body, headers, isColdStart, flushHandler) else { return nil }
        let tracer = scope.context.tracer
        // Nobody takes the bytes before the end, so there is nothing to wait for.
        let stream = ResponseStream(maximumUnsentBytes: .max, now: { tracer.now() }, notify: { _ in })
        let message = await InvocationHandler.stream(handler, body, to: stream, in: scope)
        let written = stream.takeAll()
        if stream.hasStarted { InvocationAttributes.write(stream.summary, to: scope.root) }
        let answer: InvocationAnswer =
            switch message {
            case .finished(let answer): answer
            case .streamFinished(let report?): .error(report)
            default: .response(written)
            }
        let (head, body) = ResponseHead.split(written, contentType: stream.contentType)
        return (outcome(answer, of: scope), head, body)
    }

    private func scope(
        _ body: [UInt8],
        _ headers: [(name: String, value: String)],
        _ isColdStart: Bool,
        _ flushHandler: @escaping @Sendable () async -> FlushReport
    ) -> InvocationScope? {
        var fields = HTTPHeaders()
        for (name, value) in headers { fields.append(name: name, value: value) }
        guard let invocation = Invocation(HTTPResponse(status: 200, headers: fields, body: body)) else { return nil }
        return InvocationScope(
            invocation,
            function: function,
            resolver: resolver,
            recorder: recorder,
            clock: clock,
            isColdStart: isColdStart,
            flushHandler: flushHandler
        )
    }

    private func outcome(_ answer: InvocationAnswer, of scope: InvocationScope) -> Outcome {
        scope.context.tracer.endRootSpan()
        let result: Result<[UInt8], Failure> =
            switch answer {
            case .response(let body): .success(body)
            case .error(let report): .failure(Failure(type: report.type, message: report.message))
            }
        return Outcome(
            result: result,
            session: scope.context.session,
            sessionRequests: scope.context.tracer.takeSessionRequests()
        )
    }
}
