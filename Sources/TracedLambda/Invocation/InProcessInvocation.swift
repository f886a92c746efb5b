internal import CurlTransport
package import SessionTracing

/// Runs an invocation without a Runtime API and without a network: the steps of the runtime between `/next` and the
/// response.
package struct InProcessInvocation: Sendable {
    /// An error as the caller of the function receives it: reported to Lambda, or Lambda's own.
    package struct Failure: Error, Sendable {
        package let type: String
        package let message: String
    }

    /// The outcome of an invocation.
    package struct Outcome: Sendable {
        package let result: Result<[UInt8], Failure>
        package let session: Session
        package let sessionRequests: [SessionRequest]
    }

    private let resolver: SessionResolver
    private let function: FunctionIdentity
    private let recorder: any SpanRecorder
    private let clock: TraceClock
    private let registry: InvocationRegistry?

    /// Prepares the invocations of one process.
    ///
    /// - Parameters:
    ///   - configuration: The handler's own settings.
    ///   - environment: Replaces the process's environment.
    ///   - recorder: Receives the ended spans.
    ///   - clock: Replaces the system's clocks.
    ///   - registry: The running invocations of the process.
    ///   - ids: Replaces random ids.
    package init(
        configuration: TracingConfiguration,
        environment: Environment,
        recorder: any SpanRecorder,
        clock: TraceClock,
        registry: InvocationRegistry? = nil,
        ids: IDGenerator
    ) {
        resolver = SessionResolver(settings: FunctionSettings(configuration, environment), ids: ids)
        function = FunctionIdentity(environment)
        self.recorder = recorder
        self.clock = clock
        self.registry = registry
    }

    /// Creates the registry of one process.
    ///
    /// - Parameters:
    ///   - configuration: The handler's own settings.
    ///   - environment: Replaces the process's environment.
    ///   - clock: Replaces the system's clocks.
    ///   - ids: Replaces random ids.
    /// - Returns: The registry.
    package static func registry(
        configuration: TracingConfiguration,
        environment: Environment,
        clock: TraceClock,
        ids: IDGenerator
    ) -> InvocationRegistry {
        InvocationRegistry(policy: FunctionSettings(configuration, environment).policy, clock: clock, ids: ids)
    }

    /// Runs a handler on an event.
    ///
    /// - Parameters:
    ///   - handler: The user's handler.
    ///   - body: The event's bytes.
    ///   - headers: The headers of the Runtime API, including a request id.
    ///   - isColdStart: True for the first invocation.
    ///   - flushHandler: Performs the flushes that the handler requests.
    /// - Returns: The outcome; nil without a valid request id.
    package func run(
        _ handler: some TracedHandler,
        body: [UInt8],
        headers: [(name: String, value: String)],
        isColdStart: Bool,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) async -> Outcome? {
        guard let active = activeInvocation(body, headers, isColdStart, flushHandler) else { return nil }
        return outcome(await InvocationHandler.result(of: handler, for: body, in: active), of: active)
    }

    /// Runs a streaming handler on an event and collects its response.
    ///
    /// - Parameters:
    ///   - handler: The user's handler.
    ///   - body: The event's bytes.
    ///   - headers: The headers of the Runtime API, including a request id.
    ///   - isColdStart: True for the first invocation.
    ///   - flushHandler: Performs the flushes that the handler requests.
    /// - Returns: The outcome, the response's head and the body written after it; nil without a valid request id.
    package func run(
        streaming handler: some StreamingTracedHandler,
        body: [UInt8],
        headers: [(name: String, value: String)],
        isColdStart: Bool,
        flushHandler: @escaping @Sendable () async -> FlushReport
    ) async -> (outcome: Outcome, head: ResponseHead?, written: [UInt8])? {
        guard let active = activeInvocation(body, headers, isColdStart, flushHandler) else { return nil }
        let tracer = active.context.tracer
        // The bytes are taken only at the end, so writing must not suspend.
        let stream = ResponseStream(
            maximumUnsentBytes: .max,
            keepsBody: active.capturesPayload,
            now: { tracer.now() },
            notify: { _ in }
        )
        let result = await InvocationHandler.stream(handler, body, to: stream, in: active)
        let written = stream.takeAll()
        if stream.hasStarted { InvocationAttributes.write(stream.summary, to: active.root) }
        let (head, body) = ResponseHead.split(written, contentType: stream.contentType)
        return (outcome(result, of: active, streamed: written), head, body)
    }

    private func activeInvocation(
        _ body: [UInt8],
        _ headers: [(name: String, value: String)],
        _ isColdStart: Bool,
        _ flushHandler: @escaping @Sendable () async -> FlushReport
    ) -> ActiveInvocation? {
        var fields = HTTPHeaders()
        for (name, value) in headers { fields.append(name: name, value: value) }
        guard let invocation = Invocation(HTTPResponse(status: 200, headers: fields, body: body)) else { return nil }
        return ActiveInvocation(
            invocation,
            function: function,
            resolver: resolver,
            recorder: recorder,
            clock: clock,
            registry: registry,
            isColdStart: isColdStart,
            flushHandler: flushHandler
        )
    }

    private func outcome(
        _ result: InvocationResult,
        of active: ActiveInvocation,
        streamed: [UInt8] = []
    ) -> Outcome {
        active.context.tracer.endRootSpan()
        let result: Result<[UInt8], Failure> =
            switch result {
            case .response(let body) where body.count > ResponseLimit.maximumBytes:
                .failure(Failure(type: ResponseLimit.errorType, message: ResponseLimit.errorMessage))
            case .response(let body): .success(body)
            case .endOfStream(nil): .success(streamed)
            case .error(let report), .endOfStream(let report?):
                .failure(Failure(type: report.type, message: report.message))
            }
        return Outcome(
            result: result,
            session: active.context.session,
            sessionRequests: active.context.tracer.takeSessionRequests()
        )
    }
}
