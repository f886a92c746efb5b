internal import CProcess
internal import CurlTransport
internal import Logging
internal import Platform
internal import SessionTracing
internal import SpanExport
internal import SpanJournal

/// Runs one loop of the Runtime API on the calling thread: performs the actions of ``RuntimeLoop``.
///
/// The handler also runs on that thread, which would otherwise be idle; concurrent work is done by the
/// ``DeadlineMonitor``. No blocking call runs on Swift's cooperative pool. A class, so that the callback of a streamed
/// post can use the worker; it is owned by one thread.
final class Worker {
    /// The worker's delivery and its deadline monitor; the monitor is nil if its thread or timer could not be created.
    private typealias Tracing = (delivery: SpanDelivery, deadlineMonitor: DeadlineMonitor?)

    /// The maximum time for which a process without descriptors waits for the answers of its other workers, in seconds.
    static let answerGraceSeconds = 5

    private let process: FunctionProcess
    private var loop: RuntimeLoop
    private var runtimeAPI: CurlHandle
    /// Set concurrently with the first `/next`, which does not need it.
    private let tracingPromise: Promise<Tracing>
    private lazy var tracing = tracingPromise.value
    private let deadlineMonitorThread: SystemThread?
    private let recoversJournals: Bool
    /// True from an invocation's beginning until its answer.
    private var isServing = false

    /// Creates a worker.
    ///
    /// - Parameters:
    ///   - process: The objects shared by all workers.
    ///   - recoversJournals: True if this worker recovers the journals of ended processes.
    /// - Throws: ``CurlError`` if libcurl cannot be initialised.
    init(_ process: FunctionProcess, recoversJournals: Bool) throws(CurlError) {
        let promise = Promise<Tracing>()
        deadlineMonitorThread = SystemThread {
            let delivery = process.makeDelivery(recoversJournals: recoversJournals)
            let deadlineMonitor = DeadlineMonitor(delivery) {
                process.deliverAtShutdown(within: .milliseconds(ShutdownListener.graceMilliseconds))
                StandardOutput.tryFlush()
                _exit(1)
            }
            if deadlineMonitor == nil { Self.logMissingMonitor(process) }
            promise.set((delivery, deadlineMonitor))
            deadlineMonitor?.run()
        }
        if deadlineMonitorThread == nil {
            Self.logMissingMonitor(process)
            promise.set((process.makeDelivery(recoversJournals: recoversJournals), nil))
        }
        tracingPromise = promise
        self.recoversJournals = recoversJournals
        runtimeAPI = try CurlHandle()
        loop = RuntimeLoop(flushTiming: process.resolver.settings.flushTiming)
        self.process = process
    }

    private static func logMissingMonitor(_ process: FunctionProcess) {
        let cause =
            SystemCalls.hasFreeDescriptor
            ? "the system has no more threads; raise the function's memory"
            : "the process has no free descriptor; open fewer files and connections in the handler's init"
        process.problems.warn(
            "the deadline thread could not be started, so timeouts are not traced: \(cause)",
            logger: process.logger
        )
    }

    /// Serves invocations until Lambda requires a new process.
    ///
    /// - Returns: The process's exit code.
    func run() -> Int32 {
        var event = RuntimeLoop.Event.initialised
        while true {
            switch nextAction(after: event) {
            case .exit(let code):
                noteAnswer()
                stop()
                return code
            case .poll(let delay):
                noteAnswer()
                if cprocess_has_lost_descriptors() { endWithoutDescriptors() }
                if let delivery = tracingPromise.current?.delivery {
                    delivery.probeIfDue()
                    if recoversJournals { process.recoverJournals(into: delivery) }
                }
                if delay > .zero { Pause.wait(delay) }
                event = .polled(perform(process.requests.next()))
            case .begin(let invocation): event = .began(begin(invocation))
            case .wait(let active): event = wait(for: active)
            case .flush(let active, let flushTimeSpent): event = flush(active, after: flushTimeSpent)
            case .post(let result, let ids):
                event = .posted(perform(process.requests.post(result, to: ids)))
            case .stream(let stream, let active): event = .posted(post(stream, of: active))
            case .abortStream(let stream, let active, let reason):
                event = abort(stream, of: active, reason: reason)
            case .endStream:
                // Not reached: `complete(_:)` performs it within the streamed post.
                event = .posted(.failure(CurlError(code: .aborted, detail: "there is no stream")))
            }
        }
    }

    /// Ends the count of this worker's invocation, if it has one.
    private func noteAnswer() {
        if isServing { process.countInvocationEnd() }
        isServing = false
    }

    private func nextAction(after event: RuntimeLoop.Event) -> RuntimeLoop.Action {
        let step = loop.handle(event)
        if let problem = step.problem { process.logger.error("\(problem)") }
        return step.action
    }

    private func stop() {
        tracing.deadlineMonitor?.stop()
        deadlineMonitorThread?.join()
        tracing.delivery.end(logger: process.logger)
    }

    /// Ends a process whose descriptors a handler has closed, after the response: timers and sleeping tasks would never
    /// wake up, and an event may have arrived on a connection that nobody can read.
    ///
    /// The other workers answer their invocations first, for a limited time: a handler that sleeps never ends.
    private func endWithoutDescriptors() -> Never {
        while !process.takeEnd() { Pause.wait(.seconds(Self.answerGraceSeconds)) }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.answerGraceSeconds)
        while process.hasOpenInvocations, clock.now < end { Pause.wait(.milliseconds(1)) }
        process.logger.error(
            "a handler has closed descriptors that it had not opened: the process ends, and Lambda starts a new one; close only what the function opens"
        )
        process.endWithoutDelivery()
        StandardOutput.tryFlush()
        _exit(1)
    }

    private func perform(_ request: HTTPRequest) -> Result<HTTPResponse, CurlError> {
        do throws(CurlError) {
            return .success(try runtimeAPI.perform(request))
        } catch {
            return .failure(error)
        }
    }

    // MARK: The handler

    private func begin(_ invocation: Invocation) -> ActiveInvocation {
        process.countInvocationStart()
        isServing = true
        let executor = WorkerExecutor<InvocationMessage>()
        let (delivery, deadlineMonitor) = tracing
        delivery.prepareInvocation()
        let active = ActiveInvocation(
            invocation,
            executor: executor,
            function: process.function,
            resolver: process.resolver,
            recorder: delivery.buffer,
            clock: .system,
            registry: process.registry,
            isColdStart: process.takeColdStart(),
            flushHandler: { await deadlineMonitor?.flush(for: executor) ?? FlushReport() }
        )
        for problem in active.problems { process.problems.warn(problem, logger: active.context.logger) }
        delivery.begin(active, startsSession: process.resolver.settings.startsSession)
        deadlineMonitor?.begin(active)
        process.countHandlerStart()
        let (body, handler) = (invocation.body, process.handler)
        // A streaming handler runs elsewhere, because this thread sends the response while the handler runs.
        Task.detached(executorPreference: handler.isStreaming ? nil : executor) {
            let result = await handler.run(body, active)
            ProcessCopy.endIfForked()
            _ = executor.send(.finished(result))
        }
        return active
    }

    private func wait(for active: ActiveInvocation) -> RuntimeLoop.Event {
        while true {
            switch active.executor.receive() {
            case .finished(let result): return end(active, result)
            case .streamStarted(let stream): return .streamStarted(stream)
            case .streamAdvanced: continue
            }
        }
    }

    /// Stops the work concurrent with a handler that has ended, and ends the trace.
    private func end(_ active: ActiveInvocation, _ result: InvocationResult) -> RuntimeLoop.Event {
        process.countHandlerEnd()
        if cprocess_has_lost_descriptors() { cprocess_occupy_descriptors() }
        StandardOutput.flush()
        cprocess_ignore_sigpipe()
        let (delivery, deadlineMonitor) = tracing
        let flushTimeSpent = deadlineMonitor?.end(within: delivery.flushBudget(before: active.deadline)) ?? .zero
        _ = active.executor.close()
        delivery.endTrace(of: active)
        return .finished(result, flushTimeSpent: flushTimeSpent)
    }

    private func flush(_ active: ActiveInvocation, after flushTimeSpent: Duration) -> RuntimeLoop.Event {
        let (delivery, deadlineMonitor) = tracing
        delivery.flushAtEnd(of: active, after: flushTimeSpent) {
            deadlineMonitor?.waitForDelivery(within: $0) ?? .zero
        }
        return .flushed
    }

    // MARK: A streamed response

    /// Posts a response while the handler streams it; returns Lambda's answer.
    private func post(_ stream: ResponseStream, of active: ActiveInvocation) -> Result<HTTPResponse, CurlError> {
        let request = process.requests.stream(
            contentType: stream.contentType,
            to: active.ids,
            timeout: active.deadline.remaining + .seconds(DeadlineSchedule.overrunGraceSeconds)
        )
        do throws(CurlError) {
            return .success(try runtimeAPI.perform(request) { self.nextPiece(of: stream, active, into: $0) })
        } catch {
            return .failure(error)
        }
    }

    /// Waits for the stream's next bytes or its end.
    private func nextPiece(
        of stream: ResponseStream,
        _ active: ActiveInvocation,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> UploadPiece {
        while true {
            let count = stream.take(into: buffer)
            if count > 0 { return .bytes(count) }
            // Each append to an empty stream sends a message, so all bytes have been taken when the last one arrives.
            guard case .finished(let result) = active.executor.receive() else { continue }
            InvocationAttributes.write(stream.summary, to: active.root)
            return .end(trailers: RuntimeRequests.trailers(complete(end(active, result))))
        }
    }

    /// Performs the actions between the handler's end and the end of the stream, inside the callback of the post; returns
    /// the handler's error.
    private func complete(_ end: RuntimeLoop.Event) -> ErrorReport? {
        var action = nextAction(after: end)
        if case .flush(let active, let flushTimeSpent) = action {
            action = nextAction(after: flush(active, after: flushTimeSpent))
        }
        guard case .endStream(let report) = action else { return nil }
        return report
    }

    /// Waits for the end of a handler whose response can no longer be sent.
    private func abort(_ stream: ResponseStream, of active: ActiveInvocation, reason: String) -> RuntimeLoop.Event {
        stream.abort(reason: reason)
        while true {
            guard case .finished(let result) = active.executor.receive() else { continue }
            active.root.enrich(error: "the response stream was cut: \(reason)")
            InvocationAttributes.write(stream.summary, to: active.root)
            return end(active, result)
        }
    }
}

/// A copy of the process that the handler's code has made with `fork`.
enum ProcessCopy {
    /// Ends a copy that has reached the handler's end: the response and the spans are the process's own.
    static func endIfForked() {
        guard cprocess_is_forked() else { return }
        StandardOutput.writeError(
            "error: a copy of the process, made with fork, has reached the end of the handler: it ends here; use exec or _exit in it"
        )
        _exit(1)
    }
}

/// Blocks the calling thread, which must not belong to the cooperative pool.
enum Pause {
    static func wait(_ duration: Duration) {
        var rest = timespec()
        let nanoseconds = duration.wholeNanoseconds
        rest.tv_sec = Int(clamping: nanoseconds / 1_000_000_000)
        rest.tv_nsec = Int(nanoseconds % 1_000_000_000)
        withUnsafeMutablePointer(to: &rest) { rest in
            while nanosleep(rest, rest) == -1, errno == EINTR {}
        }
    }
}
