internal import Platform
internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

/// Runs one loop of the Runtime API on the calling thread: performs the actions of ``RuntimeLoop``.
///
/// The handler also runs on that thread, which would otherwise be idle; concurrent work is done by the ``Attendant``.
/// No blocking call runs on Swift's cooperative pool. A class, so that the callback of a streamed post can use the
/// worker; it is owned by one thread.
final class Worker {
    /// The running invocation, from its event to its response.
    struct Current {
        let scope: InvocationScope
        let inbox: Mailbox<InvocationMessage>
        /// The streamed response, if the handler has started one.
        var stream: ResponseStream?
        /// Set when the handler has ended the stream.
        var finishedStream: FinishedStream?
        /// The time for which flushes that were running at the handler's end have delayed the response.
        var heldBack = Duration.zero
    }

    var runtimeAPI: CurlHandle
    /// The worker's tracing; created concurrently with the first `/next`, which does not need it.
    private(set) lazy var tracing = lateTracing.value
    let requests: RuntimeRequests
    let logger: Logger
    var current: Current?

    private let handler: InvocationHandler
    let resolver: SessionResolver
    private let function: FunctionIdentity
    private let coldStart: ColdStart
    private let problems: ProblemLog
    private let lateTracing: Late<WorkerTracing>
    private let attendantThread: SystemThread?

    /// Creates a worker.
    ///
    /// - Parameters:
    ///   - process: The objects shared by all workers.
    ///   - recoversJournals: True if this worker recovers the journals of ended processes.
    /// - Throws: ``CurlError`` if libcurl cannot be initialised.
    init(_ process: FunctionProcess, recoversJournals: Bool) throws(CurlError) {
        let late = Late<WorkerTracing>()
        attendantThread = SystemThread {
            let tracing = WorkerTracing(process, hasThread: true)
            // Journals of a running process are locked, so those of the other workers are not recovered.
            if recoversJournals, let buffer = tracing.pipeline.buffer { process.journals?.recover(into: buffer) }
            late.set(tracing)
            tracing.attendant?.run()
        }
        if attendantThread == nil { late.set(WorkerTracing(process, hasThread: false)) }
        lateTracing = late
        runtimeAPI = try CurlHandle()
        requests = process.requests
        logger = process.logger
        handler = process.handler
        resolver = process.resolver
        function = process.function
        coldStart = process.coldStart
        problems = process.problems
    }

    /// Serves invocations until Lambda requires a new process.
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
                tracing.attendant?.stop()
                attendantThread?.join()
                tracing.pipeline.journal?.removeIfSettled()
                problems.sumUp(isLast: true, logger: logger)
                return code
            case .poll(let delay):
                lateTracing.current?.pipeline.probeIfDue()
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
        let attendant = tracing.attendant
        let scope = InvocationScope(
            invocation,
            function: function,
            resolver: resolver,
            recorder: tracing.pipeline.buffer,
            clock: .system,
            isColdStart: coldStart.take(),
            flushHandler: { await attendant?.flush(for: inbox) ?? FlushReport() }
        )
        for problem in scope.problems { problems.warnOnce(problem, logger: scope.context.logger) }
        if let report = tracing.flushLog.takeTrouble() { InvocationAttributes.write(report, to: scope.root) }
        current = Current(scope: scope, inbox: inbox)
        tracing.place?.begin(scope.context.tracer)
        if resolver.settings.startsSession { tracing.pipeline.buffer?.append(.start(scope.context.session)) }
        attendant?.begin(scope, inbox: inbox)
        let body = invocation.body
        let handler = handler
        // A streaming handler runs elsewhere, because this thread sends the response while the handler runs.
        Task.detached(executorPreference: handler.isStreaming ? nil : inbox) {
            _ = inbox.send(await handler.run(body, scope, inbox))
        }
        while true {
            switch inbox.receive() {
            case .finished(let answer):
                endTrace()
                return .handled(answer)
            case .streamStarted(let stream):
                current?.stream = stream
                return .streamStarted
            case .streamAdvanced, .streamFinished: continue
            }
        }
    }

    /// Ends the spans of a handler that has ended, and stops the work concurrent with it.
    func endTrace() {
        StandardOutput.flush()
        guard let current else { return }
        let pipeline = tracing.pipeline
        let heldBack = tracing.attendant?.end(within: pipeline.flushBudget(before: current.scope.deadline)) ?? .zero
        self.current?.heldBack = heldBack
        _ = current.inbox.close()
        current.scope.context.tracer.endRootSpan()
        for request in current.scope.context.tracer.takeSessionRequests() { pipeline.buffer?.append(request) }
    }

    /// Delivers the current invocation's spans.
    func flush() -> RuntimeLoop.Event {
        if let current {
            let scope = current.scope
            tracing.flushLog.note(
                tracing.pipeline.flush(before: scope.deadline, after: current.heldBack),
                logger: scope.context.logger
            )
            self.current = nil
            tracing.place?.end()
        }
        return .flushed
    }
}
