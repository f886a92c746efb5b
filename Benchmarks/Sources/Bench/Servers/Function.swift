/// A subject's process with its own Runtime API and collector.
final class Function {
    private static let timeoutSeconds: Int64 = 60

    let api: RuntimeAPI
    let sink: Sink
    private let poller: Poller
    private let process: ChildProcess
    private let subject: Subject

    /// Starts the process, which sends its spans to the URL or, without one, to its own ``sink``.
    ///
    /// - Parameters:
    ///   - subject: The program.
    ///   - site: The data of the run.
    ///   - sinkURL: The URL of another collector.
    ///   - delay: The time after which ``sink`` answers.
    ///   - share: The limit of the process's processor time.
    /// - Throws: ``BenchError`` if the process or its servers cannot be started.
    init(
        _ subject: Subject,
        in site: Site,
        sinkURL: String? = nil,
        delay: Sink.Delay = .none,
        share: ProcessorShare? = nil
    ) throws {
        self.subject = subject
        poller = site.poller
        sink = Sink(poller: site.poller, delay: delay)
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
        try share?.add(process.id)
    }

    deinit { stop() }

    func stop() {
        process.stop()
        poller.forget(api)
        poller.forget(sink)
    }

    /// Waits for the first `/next`.
    ///
    /// - Returns: The time from the process's start, in nanoseconds.
    func start() throws -> Int64 {
        try serve("no first /next") { api.pollCount > 0 }
        return api.lastPollAt - process.startedAt
    }

    /// Runs one invocation, from the time at which the function waits for it until it waits again.
    func invoke(_ event: [UInt8]) throws -> RuntimeAPI.Sample {
        try serve("it does not ask for an event") { api.waitingCount > 0 }
        let done = api.samples.count
        let polls = api.pollCount
        try api.offer(event)
        try serve("no answer") { api.samples.count > done && api.pollCount > polls }
        return api.samples[done]
    }

    /// Runs the first invocation and returns the time from the process's start to its response, in nanoseconds.
    func firstAnswer(_ event: [UInt8]) throws -> Int64 { try invoke(event).answeredAt - process.startedAt }

    /// Resumes the process only during the body, if it is active between invocations.
    ///
    /// The reference starts two threads per invocation, which then wake up every few seconds and would affect other
    /// measurements.
    func takeTurn(_ body: () throws -> Void) rethrows {
        guard subject.isSlow else { return try body() }
        process.setFrozen(false)
        defer { process.setFrozen(true) }
        try body()
    }

    /// Discards the data of the invocations so far.
    func forgetSoFar() {
        api.forgetSamples()
        _ = sink.takeSpanCount()
    }

    func processorNanoseconds() throws -> Int64 { try process.processorNanoseconds() }

    func minorFaultCount() throws -> Int { try process.minorFaultCount() }

    func residentBytes() throws -> Int { try process.residentBytes() }

    func serve(_ complaint: String, until isDone: () -> Bool) throws {
        do {
            if try poller.serve(within: Self.timeoutSeconds, until: isDone) { return }
        } catch let error as BenchError {
            throw BenchError("\(subject.name.rawValue): \(error)\n\(process.lastWords)")
        }
        throw BenchError(
            "\(subject.name.rawValue): \(complaint) within \(Self.timeoutSeconds) s\n\(process.lastWords)"
        )
    }
}
