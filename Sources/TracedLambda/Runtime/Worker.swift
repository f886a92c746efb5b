internal import CurlTransport
internal import Logging
internal import SessionTracing

/// Runs one loop of the Runtime API on the calling thread: performs what ``RuntimeLoop`` decides.
///
/// The thread has nothing to do while a handler runs, so it serves as the exporter's: it waits for the handler's end, sends
/// what a stream holds, flushes when asked to or when the deadline is near, and never leaves a blocking call to Swift's
/// cooperative pool. A class, so that what a stream's post asks for can use the rest of the worker; one thread owns it.
final class Worker {
    /// An invocation between its event and its answer.
    struct Current {
        let scope: InvocationScope
        let inbox: Mailbox<InvocationMessage>
        /// The answer, when the handler writes it piece by piece.
        var stream: ResponseStream?
        /// Set when the handler has written all of it.
        var finishedStream: FinishedStream?
        var hasFlushedBeforeDeadline = false
    }

    var runtimeAPI: CurlHandle
    let pipeline: TracingPipeline
    let requests: RuntimeRequests
    let logger: Logger
    var current: Current?

    private let handler: InvocationHandler
    private let resolver: SessionResolver
    private let function: FunctionIdentity
    private let coldStart: ColdStart
    private let clock = TraceClock.system

    /// - Throws: ``CurlError`` when libcurl cannot start.
    init(_ process: FunctionProcess) throws(CurlError) {
        runtimeAPI = try CurlHandle()
        pipeline = TracingPipeline(exporters: process.exporters, settings: process.resolver.settings)
        requests = process.requests
        logger = process.logger
        handler = process.handler
        resolver = process.resolver
        function = process.function
        coldStart = process.coldStart
    }

    /// Serves invocations until Lambda wants a new process.
    ///
    /// - Returns: The process's exit code.
    func run() -> Int32 {
        var loop = RuntimeLoop()
        var event = RuntimeLoop.Event.initialised
        while true {
            let step = loop.handle(event)
            if let problem = step.problem { logger.error("\(problem)") }
            switch step.action {
            case .exit(let code): return code
            case .poll(let delay):
                if delay > .zero { Pause.wait(delay) }
                event = .polled(perform(requests.next()))
            case .handle(let invocation): event = handle(invocation)
            case .flush: event = flush()
            case .post(let answer, let receipt): event = .posted(perform(requests.post(answer, to: receipt)))
            case .stream(let receipt): event = stream(to: receipt)
            }
        }
    }

    private func perform(_ request: HTTPRequest) -> Result<HTTPResponse, CurlError> {
        do throws(CurlError) {
            return .success(try runtimeAPI.perform(request))
        } catch {
            return .failure(error)
        }
    }

    private func handle(_ invocation: Invocation) -> RuntimeLoop.Event {
        let inbox = Mailbox<InvocationMessage>()
        let scope = InvocationScope(
            invocation,
            function: function,
            resolver: resolver,
            recorder: pipeline.buffer,
            clock: clock,
            isColdStart: coldStart.take(),
            flushHandler: { await inbox.requestFlush() }
        )
        for problem in scope.problems { scope.context.logger.warning("\(problem)") }
        current = Current(scope: scope, inbox: inbox)
        if resolver.settings.startsSession { pipeline.buffer?.append(.start(scope.context.session)) }
        let body = invocation.body
        let handler = handler
        Task.detached { _ = inbox.send(await handler.run(body, scope, inbox)) }
        switch nextMessage() {
        case .finished(let answer):
            endTrace()
            return .handled(answer)
        case .streamStarted(let stream):
            current?.stream = stream
            return .streamStarted
        case .streamAdvanced, .streamFinished, .flushRequested, nil: return .handlerOverran
        }
    }

    /// Waits for what the handler has to say, and serves its flushes meanwhile.
    ///
    /// - Returns: Never ``InvocationMessage/flushRequested(_:)``; nil when the handler is still running well after its deadline.
    func nextMessage() -> InvocationMessage? {
        guard let (scope, inbox) = current.map({ ($0.scope, $0.inbox) }) else { return nil }
        while true {
            let hasFlushed = current?.hasFlushedBeforeDeadline == true
            let patience =
                hasFlushed ? scope.deadline.remaining + Self.overrunGrace : pipeline.quietTime(before: scope.deadline)
            switch inbox.receive(timeout: patience) {
            case .flushRequested(let continuation):
                continuation.resume(returning: pipeline.flush(before: scope.deadline))
            case nil where !hasFlushed:
                // Lambda is about to kill the process: what has ended so far must be out by then.
                current?.hasFlushedBeforeDeadline = true
                scope.context.logger.warning("the handler is still running shortly before its deadline")
                report(pipeline.flushAtDeadline(), logger: scope.context.logger)
            case let message: return message
            }
        }
    }

    /// Lambda kills a process whose handler passes the deadline; where nobody does, the process ends itself after this.
    static var overrunGrace: Duration { .seconds(overrunGraceSeconds) }
    private static var overrunGraceSeconds: Int { 5 }

    /// Ends the spans of a handler that is done, and answers what it has asked for and no longer waits for.
    func endTrace() {
        guard let current else { return }
        for case .flushRequested(let continuation) in current.inbox.close() {
            continuation.resume(returning: FlushReport())
        }
        current.scope.context.tracer.endRootSpan()
        for request in current.scope.context.tracer.takeSessionRequests() { pipeline.buffer?.append(request) }
    }

    /// Delivers the current invocation's spans.
    func flush() -> RuntimeLoop.Event {
        if let scope = current?.scope {
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
