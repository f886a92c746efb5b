internal import CurlTransport
internal import Dispatch
internal import Logging
internal import Platform
internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// The objects shared by all workers of a process.
final class FunctionProcess: Sendable {
    let handler: InvocationHandler
    let requests: RuntimeRequests
    let resolver: SessionResolver
    let function: FunctionIdentity
    let logger: Logger
    let problems = ProblemLog()
    /// Nil if tracing is disabled.
    let registry: InvocationRegistry?
    /// Nil if tracing is disabled.
    private let exporters: ExporterPool<CurlHandle>?
    /// Nil if tracing or the journal is disabled.
    private let journals: Journals?
    private let runningHandlerCount = Atomic(0)
    /// The number of invocations that have begun and are not answered.
    private let openInvocationCount = Atomic(0)
    private let isColdStart = Atomic(true)
    private let isEnding = Atomic(false)
    private let bufferBudget = BufferBudget()
    private let deliveries = Mutex<[SpanDelivery]>([])

    /// The delay of the warning about spans while no invocation is running, in milliseconds, so that its count includes
    /// those that follow at once; a flush need not follow.
    static let lossReportDelayMilliseconds = 100

    init(
        handler: InvocationHandler,
        exporters: ExporterPool<CurlHandle>?,
        journals: Journals?,
        requests: RuntimeRequests,
        resolver: SessionResolver,
        function: FunctionIdentity,
        registry: InvocationRegistry? = nil,
        logger: Logger
    ) {
        self.handler = handler
        self.exporters = exporters
        self.journals = journals
        self.requests = requests
        self.resolver = resolver
        self.function = function
        self.registry = registry
        self.logger = logger
        registry?.whenProblem { [problems] in problems.warn($0, logger: logger) }
        registry?.whenLost { [problems, weak registry] in
            guard let registry else { return }
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Self.lossReportDelayMilliseconds)) {
                problems.warn(of: registry.takeLosses(), logger: logger)
            }
        }
    }

    /// Logs the problems that no later line can sum up, because the process ends.
    func logLastProblems() {
        registry?.endProcess()
        if let registry { problems.warn(of: registry.unrecorded.takeUnlogged(), logger: logger) }
        problems.sumUp(isLast: true, logger: logger)
    }

    /// Returns true on the first call only: for the process's first invocation.
    func takeColdStart() -> Bool { isColdStart.exchange(false, ordering: .relaxed) }

    /// Returns true on the first call only: to the worker that ends the process.
    func takeEnd() -> Bool { !isEnding.exchange(true, ordering: .relaxed) }

    func countHandlerStart() { runningHandlerCount.add(1, ordering: .relaxed) }

    func countHandlerEnd() { runningHandlerCount.subtract(1, ordering: .relaxed) }

    func countInvocationStart() { openInvocationCount.add(1, ordering: .acquiringAndReleasing) }

    func countInvocationEnd() { openInvocationCount.subtract(1, ordering: .acquiringAndReleasing) }

    var hasOpenInvocations: Bool { openInvocationCount.load(ordering: .acquiring) > 0 }

    /// Creates the delivery of one worker's spans.
    ///
    /// - Parameter recoversJournals: True to send the spans of ended processes, too. Journals of a running process are
    ///   locked, so those of the other workers are not recovered.
    /// - Returns: The delivery, which ``deliverAtShutdown(within:)`` includes.
    func makeDelivery(recoversJournals: Bool) -> SpanDelivery {
        let delivery = SpanDelivery(
            exporters: exporters,
            journals: journals,
            settings: resolver.settings,
            problems: problems,
            registry: registry,
            bufferBudget: bufferBudget
        )
        deliveries.withLock { $0.append(delivery) }
        if recoversJournals { recoverJournals(into: delivery) } else { journals?.waitForFirstStep() }
        return delivery
    }

    /// Takes spans of ended processes into a delivery, for a limited time; called again until all are there.
    func recoverJournals(into delivery: SpanDelivery) {
        guard let buffer = delivery.buffer else { return }
        let isQuiet = runningHandlerCount.load(ordering: .relaxed) == 0
        journals?.recover(into: buffer, isQuiet: isQuiet) { [logger] in delivery.logJournalGaps(logger: logger) }
    }

    /// Removes the journals that are no longer needed, and logs the spans of all workers that the end of the process
    /// loses, where no connection can be used.
    func endWithoutDelivery() {
        for delivery in deliveries.withLock({ $0 }) { delivery.end(delivers: false, logger: logger) }
    }

    /// Ends all open spans as failed, and delivers the spans of all workers.
    ///
    /// - Parameter limit: The maximum time.
    func deliverAtShutdown(within limit: Duration) {
        let end = ContinuousClock.now + limit
        let deliveries = deliveries.withLock { $0 }
        for delivery in deliveries { delivery.failTraceAtShutdown() }
        let waiting = Mutex(deliveries[...])
        let deliverRest = { @Sendable [logger] in
            while let delivery = waiting.withLock({ $0.popFirst() }) {
                delivery.flushAtShutdown(until: end, logger: logger)
            }
        }
        // As many at a time as there are connections.
        let threadCount = min(deliveries.count, ExporterPool<CurlHandle>.maximumConnectionCount) - 1
        let threads = (0..<max(0, threadCount)).compactMap { _ in SystemThread(deliverRest) }
        deliverRest()
        for thread in threads { thread.join() }
        logLastProblems()
    }
}
