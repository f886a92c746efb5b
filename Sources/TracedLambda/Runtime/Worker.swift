internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

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
        var vigil: Vigil
        let handlerEnd: HandlerEnd
        /// How long the response has been held back by flushes that were under way when the handler ended.
        var heldBack = Duration.zero
    }

    var runtimeAPI: CurlHandle
    let pipeline: TracingPipeline
    let requests: RuntimeRequests
    let logger: Logger
    var current: Current?

    private let handler: InvocationHandler
    let resolver: SessionResolver
    private let function: FunctionIdentity
    private let coldStart: ColdStart
    /// Where a shutdown finds what this worker has not delivered; nil when tracing is off.
    private let place: WorkerRoster.Place?
    private let clock = TraceClock.system
    /// The last flush, when it is worth a word on the next root span.
    private var troubledFlush: FlushReport?

    /// - Throws: ``CurlError`` when libcurl cannot start.
    init(_ process: FunctionProcess) throws(CurlError) {
        runtimeAPI = try CurlHandle()
        let pipeline = TracingPipeline(
            exporters: process.exporters,
            journals: process.journals,
            settings: process.resolver.settings
        )
        self.pipeline = pipeline
        place = pipeline.buffer.map { process.roster.join($0, journal: pipeline.journal) }
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
        var loop = RuntimeLoop(flushTiming: resolver.settings.flushTiming)
        var event = RuntimeLoop.Event.initialised
        while true {
            let step = loop.handle(event)
            if let problem = step.problem { logger.error("\(problem)") }
            switch step.action {
            case .exit(let code):
                pipeline.journal?.removeIfSettled()
                return code
            case .poll(let delay):
                pipeline.probeIfDue()
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
        if let report = troubledFlush.take() { InvocationAttributes.write(report, to: scope.root) }
        let handlerEnd = HandlerEnd(clock: clock)
        current = Current(scope: scope, inbox: inbox, vigil: pipeline.vigil(), handlerEnd: handlerEnd)
        place?.begin(scope.context.tracer)
        if resolver.settings.startsSession { pipeline.buffer?.append(.start(scope.context.session)) }
        pipeline.buffer?.whenFull { _ = inbox.send(.bufferFilled) }
        let body = invocation.body
        let handler = handler
        Task.detached {
            let message = await handler.run(body, scope, inbox)
            handlerEnd.note()
            _ = inbox.send(message)
        }
        switch nextMessage() {
        case .finished(let answer):
            endTrace()
            return .handled(answer)
        case .streamStarted(let stream):
            current?.stream = stream
            return .streamStarted
        case .streamAdvanced, .streamFinished, .bufferFilled, .flushRequested, nil: return .handlerOverran
        }
    }

    /// Waits for what the handler has to say, and does meanwhile what can be done beside it.
    ///
    /// - Returns: The handler's end, or news of its stream; nil when it is still running well after its deadline.
    func nextMessage() -> InvocationMessage? {
        guard let scope = current?.scope, let inbox = current?.inbox else { return nil }
        while let patience = current?.vigil.patience(remaining: scope.deadline.remaining) {
            switch inbox.receive(timeout: patience) {
            case .flushRequested(let continuation):
                continuation.resume(returning: flushNow())
            case .bufferFilled:
                let flushed = flushNow()
                report(flushed, logger: scope.context.logger)
                // A collector that does not take them now is asked again at the handler's end.
                if flushed.isComplete { pipeline.buffer?.whenFull { _ = inbox.send(.bufferFilled) } }
            case nil:
                guard keepVigil(scope, inbox) else { return nil }
            case let message: return message
            }
        }
        return nil
    }

    /// Does the step that is due.
    ///
    /// - Returns: False when the handler is still running well after its deadline.
    private func keepVigil(_ scope: InvocationScope, _ inbox: Mailbox<InvocationMessage>) -> Bool {
        switch current?.vigil.takeStep() {
        case .prepare:
            pipeline.prepare(before: scope.deadline, whileWaitingFor: inbox)
        case .sendEndedSpans:
            pipeline.journal?.noteSignOfLife(at: clock.wallNanoseconds())
            scope.context.logger.warning("the handler is still running shortly before its deadline")
            report(flushNow(), logger: scope.context.logger)
        case .cutShort:
            pipeline.journal?.noteSignOfLife(at: clock.wallNanoseconds())
            scope.context.tracer.cutShort(
                type: "timeout",
                message: "the handler was still running just before its deadline"
            )
            report(flushNow(), logger: scope.context.logger)
        case .giveUp, nil:
            pipeline.journal?.noteSignOfLife(at: clock.wallNanoseconds())
            return false
        }
        return true
    }

    private func flushNow() -> FlushReport {
        guard let scope = current?.scope, let heldBack = current?.heldBack else { return FlushReport() }
        let report = pipeline.flush(before: scope.deadline, after: heldBack)
        let elapsed = current?.handlerEnd.elapsed ?? .zero
        current?.heldBack = elapsed
        return report
    }

    /// Ends the spans of a handler that is done, and answers what it has asked for and no longer waits for.
    func endTrace() {
        guard let current else { return }
        pipeline.buffer?.whenFull(nil)
        for case .flushRequested(let continuation) in current.inbox.close() {
            continuation.resume(returning: FlushReport())
        }
        current.scope.context.tracer.endRootSpan()
        for request in current.scope.context.tracer.takeSessionRequests() { pipeline.buffer?.append(request) }
    }

    /// Delivers the current invocation's spans.
    func flush() -> RuntimeLoop.Event {
        if let scope = current?.scope {
            report(flushNow(), logger: scope.context.logger)
            current = nil
            place?.end()
        }
        return .flushed
    }

    /// One line when something was not delivered, and a word on the next root span; none when all is well.
    private func report(_ report: FlushReport, logger: Logger) {
        if let count = pipeline.journal?.takeUnjournaledCount(), count > 0 {
            logger.warning(
                "\(count) spans are not in the journal, for want of room: a crash before their delivery loses them"
            )
        }
        if !report.isComplete || report.retryCount > 0 { troubledFlush = report }
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
                "retries": "\(report.retryCount)",
                "flushMilliseconds": "\(Int(report.duration / .milliseconds(1)))",
            ]
        )
    }
}
