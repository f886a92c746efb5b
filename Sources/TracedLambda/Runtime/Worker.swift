internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import Tracing

/// Runs one loop of the Runtime API on the calling thread: performs what ``RuntimeLoop`` decides.
///
/// The thread has nothing to do while a handler runs, so it serves as the exporter's: it waits for the handler's end, flushes
/// when asked to or when the deadline is near, and never leaves a blocking call to Swift's cooperative pool.
struct Worker<Handler: TracedHandler>: ~Copyable {
    private var runtimeAPI: CurlHandle
    private var pipeline: TracingPipeline
    private let requests: RuntimeRequests
    private let resolver: SessionResolver
    private let function: FunctionIdentity
    private let logger: Logger
    private let clock = TraceClock.system
    private var isColdStart = true
    /// The invocation between its event and its answer.
    private var current: InvocationScope?

    /// Longer than Lambda allows an init to take; see `docs/design.md`.
    private static var maximumInitialisationSeconds: Int { 900 }
    /// Lambda kills a process whose handler passes the deadline; where nobody does, the process ends itself after this.
    private static var overrunGraceSeconds: Int { 5 }

    init(
        runtimeAPI: consuming CurlHandle,
        pipeline: consuming TracingPipeline,
        requests: RuntimeRequests,
        resolver: SessionResolver,
        function: FunctionIdentity,
        logger: Logger
    ) {
        self.runtimeAPI = runtimeAPI
        self.pipeline = pipeline
        self.requests = requests
        self.resolver = resolver
        self.function = function
        self.logger = logger
    }

    /// Makes the handler and serves invocations until Lambda wants a new process.
    ///
    /// - Returns: The process's exit code.
    mutating func run() -> Int32 {
        var loop = RuntimeLoop()
        switch Self.makeHandler() {
        case .success(let handler):
            return drive(&loop, from: .initialised) { worker, invocation in worker.handle(invocation, with: handler) }
        case .failure(let failure):
            return drive(&loop, from: .initialisationFailed(failure.report)) { _, _ in .handlerOverran }
        }
    }

    private mutating func drive(
        _ loop: inout RuntimeLoop,
        from first: RuntimeLoop.Event,
        handle: (inout Worker, Invocation) -> RuntimeLoop.Event
    ) -> Int32 {
        var event = first
        while true {
            let step = loop.handle(event)
            if let problem = step.problem { logger.error("\(problem)") }
            switch step.action {
            case .exit(let code): return code
            case .poll(let delay):
                if delay > .zero { Pause.wait(delay) }
                event = .polled(perform(requests.next()))
            case .handle(let invocation): event = handle(&self, invocation)
            case .flush: event = flush()
            case .post(let answer, let receipt): event = .posted(perform(requests.post(answer, to: receipt)))
            case .postInitError(let report): event = .posted(perform(requests.initError(report)))
            }
        }
    }

    private struct InitFailure: Error {
        let report: ErrorReport
    }

    private static func makeHandler() -> Result<Handler, InitFailure> {
        let inbox = Mailbox<Result<Handler, InitFailure>>()
        Task.detached {
            do {
                _ = inbox.send(.success(try await Handler()))
            } catch {
                _ = inbox.send(.failure(InitFailure(report: ErrorReport(error))))
            }
        }
        let timeout = ErrorReport(
            type: "InitTimeout",
            message: "the handler's init did not end within \(maximumInitialisationSeconds) s",
            category: .runtime
        )
        return inbox.receive(timeout: .seconds(maximumInitialisationSeconds)) ?? .failure(InitFailure(report: timeout))
    }

    private mutating func perform(_ request: HTTPRequest) -> Result<HTTPResponse, CurlError> {
        do throws(CurlError) {
            return .success(try runtimeAPI.perform(request))
        } catch {
            return .failure(error)
        }
    }

    private mutating func handle(_ invocation: Invocation, with handler: Handler) -> RuntimeLoop.Event {
        let inbox = Mailbox<InvocationMessage>()
        let scope = InvocationScope(
            invocation,
            function: function,
            resolver: resolver,
            recorder: pipeline.buffer,
            clock: clock,
            isColdStart: isColdStart,
            flushHandler: { await inbox.requestFlush() }
        )
        isColdStart = false
        for problem in scope.problems { scope.context.logger.warning("\(problem)") }
        current = scope
        if resolver.settings.startsSession { pipeline.buffer?.append(.start(scope.context.session)) }
        let body = invocation.body
        let capturesPayload = resolver.settings.capturesPayload
        Task.detached {
            let answer = await handler.answer(body, in: scope, capturesPayload: capturesPayload)
            _ = inbox.send(.finished(answer))
        }
        guard let answer = waitForAnswer(inbox, scope) else { return .handlerOverran }
        scope.context.tracer.endRootSpan()
        for request in scope.context.tracer.takeSessionRequests() { pipeline.buffer?.append(request) }
        return .handled(answer)
    }

    /// Serves the invocation's tasks until the handler is done.
    ///
    /// - Returns: Nil when the handler is still running well after its deadline.
    private mutating func waitForAnswer(
        _ inbox: Mailbox<InvocationMessage>,
        _ scope: InvocationScope
    ) -> InvocationAnswer? {
        var hasFlushedBeforeDeadline = false
        while true {
            let grace = Duration.seconds(Self.overrunGraceSeconds)
            let patience =
                hasFlushedBeforeDeadline ? scope.deadline.remaining + grace : pipeline.quietTime(before: scope.deadline)
            switch inbox.receive(timeout: patience) {
            case .finished(let answer):
                for case .flushRequested(let continuation) in inbox.close() {
                    continuation.resume(returning: FlushReport())
                }
                return answer
            case .flushRequested(let continuation):
                continuation.resume(returning: pipeline.flush(before: scope.deadline))
            case nil where !hasFlushedBeforeDeadline:
                // Lambda is about to kill the process: what has ended so far must be out by then.
                hasFlushedBeforeDeadline = true
                scope.context.logger.warning("the handler is still running shortly before its deadline")
                report(pipeline.flushAtDeadline(), logger: scope.context.logger)
            case nil: return nil
            }
        }
    }

    private mutating func flush() -> RuntimeLoop.Event {
        if let scope = current {
            report(pipeline.flush(before: scope.deadline), logger: scope.context.logger)
            current = nil
        }
        return .flushed
    }

    /// One line when a span was not delivered, and none when all is well.
    private func report(_ report: FlushReport, logger: Logger) {
        guard !report.isComplete else { return }
        logger.warning(
            "not all spans were delivered",
            metadata: [
                "exportedSpans": "\(report.exportedSpanCount)",
                "deferredSpans": "\(report.deferredSpanCount)",
                "deferralReason": "\(report.deferralReason ?? "-")",
                "droppedSpans": "\(report.droppedSpanCount)",
                "deferredSessionUpdates": "\(report.deferredSessionUpdateCount)",
                "droppedSessionUpdates": "\(report.droppedSessionUpdateCount)",
                "dropReason": "\(report.dropReason ?? "-")",
            ]
        )
    }
}
