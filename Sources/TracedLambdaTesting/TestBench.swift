internal import SessionTracing
internal import TracedLambda
internal import Tracing

/// What the testers share: the place of Lambda and of the process around a handler.
struct TestBench: Sendable {
    /// What Lambda and the process give to one invocation.
    struct Host: Sendable {
        let headers: [(name: String, value: String)]
        let isColdStart: Bool
        let flushHandler: @Sendable () async -> FlushReport
    }

    let clock: TestClock

    private let environment: Environment
    private let ids = Counter()
    private let invocationCount = Counter()

    init(functionName: String, environment: [String: String], clock: TestClock) {
        self.clock = clock
        let name = ["AWS_LAMBDA_FUNCTION_NAME": functionName]
        self.environment = Environment(name.merging(environment) { $1 })
    }

    /// Prepares one invocation, and has it run.
    ///
    /// - Returns: What the body returns, and the recorder that took the spans.
    func run<Result>(
        _ configuration: TracingConfiguration,
        _ timeout: Duration,
        _ headers: [String: String],
        _ body: (InProcessInvocation, Host) async -> Result
    ) async -> (Result, SpanList) {
        let recorder = SpanList()
        let invocation = InProcessInvocation(
            configuration: configuration,
            environment: environment,
            recorder: recorder,
            clock: clock.traceClock,
            ids: IDGenerator { [ids] in ids.next() }
        )
        let number = invocationCount.next()
        let deadline = clock.unixMilliseconds + UInt64(max(0, timeout / .milliseconds(1)))
        let standard: [String: String] = [
            "Lambda-Runtime-Deadline-Ms": String(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:test",
        ]
        let requestID = (name: "Lambda-Runtime-Aws-Request-Id", value: "test-\(number)")
        let host = Host(
            // The first of several fields of a name counts, in whatever case the test has written it.
            headers: [requestID] + (Array(headers) + Array(standard)).map { (name: $0.key, value: $0.value) },
            isColdStart: number == 1,
            flushHandler: {
                recorder.noteFlush()
                return FlushReport()
            }
        )
        // Libraries that trace by swift-distributed-tracing join in, without anything process-wide being set.
        return (await withTracer(InvocationInstrument()) { await body(invocation, host) }, recorder)
    }
}
