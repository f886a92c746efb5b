internal import Platform
internal import CurlTransport
internal import Logging
internal import SessionTracing
internal import SpanExport

/// Runs one loop of the Runtime API on the calling thread: performs the actions of ``RuntimeLoop``.
///
/// The handler also runs on that thread, which would otherwise be idle; concurrent work is done by the
/// ``DeadlineMonitor``. No blocking call runs on Swift's cooperative pool. A class, so that the callback of a streamed
/// post can use the worker; it is owned by one thread.
final class Worker {
    /// The running invocation, from its event to its response.
    struct Current {
        let active: ActiveInvocation
        let executor: WorkerExecutor<InvocationMessage>
        /// The streamed response, if the handler has started one.
        var stream: ResponseStream?
        /// Set when the handler has ended the stream.
        var finishedStream: FinishedStream?
        /// The time for which flushes that were running at the handler's end have delayed the response.
        var flushTimeSpent = Duration.zero
    }

    var runtimeAPI: CurlHandle
    /// The worker's tracing; created concurrently with the first `/next`, which does not need it.
    private(set) lazy var tracing = tracingPromise.value
    let requests: RuntimeRequests
    let logger: Logger
    var current: Current?

    private let handler: InvocationHandler
    let resolver: SessionResolver
    private let function: FunctionIdentity
    private let coldStart: ColdStart
    private let problems: ProblemLog
    private let tracingPromise: Promise<WorkerTracing>
    private let deadlineMonitorThread: SystemThread?

    /// Creates a worker.
    ///
    /// - Parameters:
    ///   - process: The objects shared by all workers.
    ///   - recoversJournals: True if this worker recovers the journals of ended processes.
    /// - Throws: ``CurlError`` if libcurl cannot be initialised.
    init(_ process: FunctionProcess, recoversJournals: Bool) throws(CurlError) {
        let promise = Promise<WorkerTracing>()
        deadlineMonitorThread = SystemThread {
            let tracing = WorkerTracing(process, hasThread: true)
            // Journals of a running process are locked, so those of the other workers are not recovered.
            if recoversJournals, let buffer = tracing.pipeline.buffer { process.journals?.recover(into: buffer) }
            promise.set(tracing)
            tracing.deadlineMonitor?.run()
        }
        if deadlineMonitorThread == nil { promise.set(WorkerTracing(process, hasThread: false)) }
        tracingPromise = promise
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
                tracing.deadlineMonitor?.stop()
                deadlineMonitorThread?.join()
                tracing.pipeline.journal?.removeIfFullyAcknowledged()
                problems.sumUp(isLast: true, logger: logger)
                return code
            case .poll(let delay):
                tracingPromise.current?.pipeline.probeIfDue()
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
        let executor = WorkerExecutor<InvocationMessage>()
        let deadlineMonitor = tracing.deadlineMonitor
        let active = ActiveInvocation(
            invocation,
            function: function,
            resolver: resolver,
            recorder: tracing.pipeline.buffer,
            clock: .system,
            isColdStart: coldStart.take(),
            flushHandler: { await deadlineMonitor?.flush(for: executor) ?? FlushReport() }
        )
        for problem in active.problems { problems.warnOnce(problem, logger: active.context.logger) }
        if let report = tracing.flushLog.takeIncompleteReport() { InvocationAttributes.write(report, to: active.root) }
        current = Current(active: active, executor: executor)
        tracing.registryEntry?.begin(active.context.tracer)
        if resolver.settings.startsSession { tracing.pipeline.buffer?.append(.start(active.context.session)) }
        deadlineMonitor?.begin(active, executor: executor)
        let body = invocation.body
        let handler = handler
        // A streaming handler runs elsewhere, because this thread sends the response while the handler runs.
        Task.detached(executorPreference: handler.isStreaming ? nil : executor) {
            _ = executor.send(await handler.run(body, active, executor))
        }
        while true {
            switch executor.receive() {
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
        let flushTimeSpent =
            tracing.deadlineMonitor?.end(within: pipeline.flushBudget(before: current.active.deadline)) ?? .zero
        self.current?.flushTimeSpent = flushTimeSpent
        _ = current.executor.close()
        current.active.context.tracer.endRootSpan()
        for request in current.active.context.tracer.takeSessionRequests() { pipeline.buffer?.append(request) }
    }

    /// Delivers the current invocation's spans.
    func flush() -> RuntimeLoop.Event {
        if let current {
            let active = current.active
            tracing.flushLog.log(
                tracing.pipeline.flush(before: active.deadline, after: current.flushTimeSpent),
                logger: active.context.logger
            )
            self.current = nil
            tracing.registryEntry?.end()
        }
        return .flushed
    }
}
