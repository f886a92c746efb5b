/// A subject's process with a Runtime API and a collector of its own.
final class Function {
    private static let patienceSeconds: Int64 = 60

    let api: RuntimeAPI
    let sink = Sink()
    private let poller: Poller
    private let process: ChildProcess
    private let subject: Subject

    /// Starts the process, which sends its spans to a URL if one is given, else to its own ``sink``.
    init(_ subject: Subject, in site: Site, sinkURL: String? = nil) throws {
        self.subject = subject
        poller = site.poller
        api = RuntimeAPI(sink: sink)
        try site.emptyJournals()
        let apiPort = try poller.listen(api)
        let sinkPort = try poller.listen(sink)
        let environment = [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(apiPort)",
            "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_REGION": "eu-central-1",
            "LAMBDA_TASK_ROOT": site.taskRoot,
            "HH_API_KEY": "hh_benchmark",
            "HH_API_URL": sinkURL ?? "http://127.0.0.1:\(sinkPort)",
            "HH_PROJECT": "benchmark",
            "PATH": "/usr/bin:/bin",
        ]
        process = try ChildProcess(
            subject.command,
            environment: environment.merging(subject.environment) { $1 },
            log: "\(site.directory)/\(subject.name.rawValue).log"
        )
    }

    deinit { stop() }

    func stop() {
        process.stop()
        poller.forget(api)
        poller.forget(sink)
    }

    /// Waits for the first `/next`.
    ///
    /// - Returns: How long the process has taken for it, in nanoseconds.
    func start() throws -> Int64 {
        try serve("no first /next") { api.pollCount > 0 }
        return api.lastPollAt - process.startedAt
    }

    /// One invocation, begun when the function waits for it, and done when it waits again.
    func invoke(_ event: [UInt8]) throws -> RuntimeAPI.Sample {
        try serve("it does not ask for an event") { api.waitingCount > 0 }
        let done = api.samples.count
        let polls = api.pollCount
        try api.offer(event)
        try serve("no answer") { api.samples.count > done && api.pollCount > polls }
        return api.samples[done]
    }

    /// From the process's start to its first answer, in nanoseconds.
    func firstAnswer(_ event: [UInt8]) throws -> Int64 { try invoke(event).answeredAt - process.startedAt }

    /// Runs it for the duration of the body only, if it is one that is busy when nobody has invoked it.
    ///
    /// The reference starts two threads with every invocation, which then wake up every few seconds, in others' turns.
    func takeTurn(_ body: () throws -> Void) rethrows {
        guard subject.isSlow else { return try body() }
        process.setFrozen(false)
        defer { process.setFrozen(true) }
        try body()
    }

    /// Lets go of what its invocations so far have left with the driver.
    func forgetSoFar() {
        api.forgetSamples()
        _ = sink.takeSpanCount()
    }

    func processorNanoseconds() throws -> Int64 { try process.processorNanoseconds() }

    func residentBytes() throws -> Int { try process.residentBytes() }

    func serve(_ complaint: String, until isDone: () -> Bool) throws {
        do {
            if try poller.serve(within: Self.patienceSeconds, until: isDone) { return }
        } catch let error as BenchError {
            throw BenchError("\(subject.name.rawValue): \(error)\n\(process.lastWords)")
        }
        throw BenchError(
            "\(subject.name.rawValue): \(complaint) within \(Self.patienceSeconds) s\n\(process.lastWords)"
        )
    }
}
