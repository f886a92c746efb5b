internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

/// Runs one loop of the Runtime API on the calling thread: performs what ``RuntimeLoop`` decides.
///
/// The handler runs on that thread, too, which would have nothing else to do meanwhile; what is to be done beside it is the
/// ``Attendant``'s. Never leaves a blocking call to Swift's cooperative pool. A class, so that what a stream's post asks for can
/// use the rest of the worker; one thread owns it.
final class Worker {
    /// An invocation between its event and its answer.
    struct Current {
        let scope: InvocationScope
        let inbox: Mailbox<InvocationMessage>
        /// The answer, when the handler writes it piece by piece.
        var stream: ResponseStream?
        /// Set when the handler has written all of it.
        var finishedStream: FinishedStream?
        /// How long the response has been held back by flushes that were under way when the handler ended.
        var heldBack = Duration.zero
    }

    var runtimeAPI: CurlHandle
    /// What is to be delivered, and how; made beside the first `/next`, which needs none of it.
    private(set) lazy var tracing = lateTracing.value
    let requests: RuntimeRequests
    let logger: Logger
    var current: Current?

    private let handler: InvocationHandler
    let resolver: SessionResolver
    private let function: FunctionIdentity
    private let coldStart: ColdStart
    private let lateTracing: Late<WorkerTracing>
    private let attendantThread: SystemThread?

    /// - Parameters:
    ///   - process: What all workers share.
    ///   - recoversJournals: Whether this one brings back what ended processes have left.
    /// - Throws: ``CurlError`` when libcurl cannot start.
    init(_ process: FunctionProcess, recoversJournals: Bool) throws(CurlError) {
        let late = Late<WorkerTracing>()
        attendantThread = SystemThread {
            let tracing = WorkerTracing(process, hasThread: true)
            // A living process's journals are locked, so none of the other workers' is taken for one that was left.
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
                tracing.attendant?.stop()
                attendantThread?.join()
                tracing.pipeline.journal?.removeIfSettled()
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
        for problem in scope.problems { scope.context.logger.warning("\(problem)") }
        if let report = tracing.flushLog.takeTrouble() { InvocationAttributes.write(report, to: scope.root) }
        current = Current(scope: scope, inbox: inbox)
        tracing.place?.begin(scope.context.tracer)
        if resolver.settings.startsSession { tracing.pipeline.buffer?.append(.start(scope.context.session)) }
        attendant?.begin(scope, inbox: inbox)
        let body = invocation.body
        let handler = handler
        // What a stream is given goes out while its handler works on, so that this thread cannot do both.
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

    /// Ends the spans of a handler that is done, and lets nothing more be done beside it.
    func endTrace() {
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
