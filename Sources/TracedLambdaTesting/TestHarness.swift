internal import HTTPCalls
internal import SessionTracing
internal import TracedLambda
internal import Tracing

/// The environment shared by the testers, which replaces Lambda and the process.
struct TestHarness: Sendable {
    /// The inputs of one invocation from Lambda and the process.
    struct Host: Sendable {
        let headers: [(name: String, value: String)]
        let isColdStart: Bool
        let flushHandler: @Sendable () async -> FlushReport
    }

    let clock: TestClock

    private let environment: Environment
    private let configuration: TracingConfiguration
    private let ids: IDGenerator
    private let invocationCount = Counter()
    private let registry: InvocationRegistry
    private let http: HTTPStub.Transport?

    init<Handler: TracedFunction>(
        of _: Handler.Type,
        environment: [String: String],
        clock: TestClock,
        http: HTTPStub?
    ) {
        self.clock = clock
        self.http = http.map(HTTPStub.Transport.init)
        configuration = Handler.configuration
        var variables = http == nil ? [:] : Self.standIns
        variables["AWS_LAMBDA_FUNCTION_NAME"] = String(describing: Handler.self)
        self.environment = Environment(variables.merging(environment) { $1 })
        let counter = Counter()
        ids = IDGenerator { counter.next() }
        registry = InProcessInvocation.registry(
            configuration: configuration,
            environment: self.environment,
            clock: clock.traceClock,
            ids: ids
        )
    }

    /// Creates a handler as the runtime does: the spans of its init belong to the first invocation.
    ///
    /// - Returns: The handler.
    /// - Throws: The error of its init.
    func makeHandler<Handler: TracedFunction>() async throws -> Handler {
        try await withProcess { try await Handler() }
    }

    /// Prepares and runs one invocation.
    ///
    /// - Parameters:
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda.
    ///   - body: Runs the invocation.
    /// - Returns: The body's result, and the recorder with the spans.
    func run<Result>(
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
            registry: registry,
            ids: ids
        )
        let number = invocationCount.next()
        let deadline = clock.unixMilliseconds + UInt64(max(0, timeout / .milliseconds(1)))
        let standard: [String: String] = [
            "Lambda-Runtime-Deadline-Ms": String(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:test",
        ]
        let requestID = (name: "Lambda-Runtime-Aws-Request-Id", value: "test-\(number)")
        let host = Host(
            // The first of repeated fields is used, in any case, so the test's headers take precedence.
            headers: [requestID] + (Array(headers) + Array(standard)).map { (name: $0.key, value: $0.value) },
            isColdStart: number == 1,
            flushHandler: {
                recorder.recordFlush()
                return FlushReport()
            }
        )
        return (await withProcess { await body(invocation, host) }, recorder)
    }

    /// Runs a part of the test with what a function's process has: its variables, its tracer, and its way to servers.
    private func withProcess<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await Environment.$ofTask.withValue(environment) {
            try await HTTPClient.$taskTransport.withValue(http) {
                // Libraries that use swift-distributed-tracing are traced without setting a process-wide tracer.
                try await withTracer(TaskLocalTracer(registry: registry), body)
            }
        }
    }

    /// The variables of a function whose calls are answered by a stub: requests to AWS are signed with these.
    private static let standIns = [
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
    ]
}
