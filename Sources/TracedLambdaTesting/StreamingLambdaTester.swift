internal import SessionTracing
public import TracedLambda

/// Runs a streaming handler on events in the test's own process, and returns the response and the spans of each
/// invocation.
///
/// ```swift
/// let tester = StreamingLambdaTester(Tell())
/// let stream = await tester.stream(json: #"{"about": "a fox"}"#)
/// #expect(stream.status == 200)
/// #expect(stream.text == "once upon a time")
/// ```
///
/// Everything else is as with ``LambdaTester``. The response is collected, so writing never suspends.
public struct StreamingLambdaTester<Handler: StreamingTracedHandler>: Sendable {
    /// The invocations' clock.
    public var clock: TestClock { harness.clock }

    private let handler: Handler
    private let harness: TestHarness

    /// Creates a tester for a handler.
    ///
    /// - Parameters:
    ///   - handler: The handler under test.
    ///   - environment: The function's environment variables; those of the test's own process are not used.
    ///   - clock: The invocations' clock.
    ///   - http: Answers the handler's HTTP calls; nil lets them reach the network.
    public init(
        _ handler: Handler,
        environment: [String: String] = [:],
        clock: TestClock = TestClock(),
        http: HTTPStub? = nil
    ) {
        self.handler = handler
        harness = TestHarness(of: Handler.self, environment: environment, clock: clock, http: http)
    }

    /// Creates a tester and its handler, whose init is traced as in a function: its spans are among those of the first
    /// invocation.
    ///
    /// - Parameters:
    ///   - environment: The function's environment variables; those of the test's own process are not used.
    ///   - clock: The invocations' clock.
    ///   - http: Answers the handler's HTTP calls, in its init, too; nil lets them reach the network.
    /// - Throws: The error of the handler's init.
    public init(
        environment: [String: String] = [:],
        clock: TestClock = TestClock(),
        http: HTTPStub? = nil
    ) async throws {
        harness = TestHarness(of: Handler.self, environment: environment, clock: clock, http: http)
        handler = try await harness.makeHandler()
    }

    /// Invokes the handler with an event of a trigger.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda, such as `Lambda-Runtime-Client-Context`.
    /// - Returns: The outcome, which includes an error of the handler.
    public func stream(
        _ event: TestEvent,
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestStream {
        await stream(json: event.json, timeout: timeout, headers: headers)
    }

    /// Invokes the handler with an event of JSON text.
    ///
    /// - Parameters:
    ///   - json: The event; it may be invalid.
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda, such as `Lambda-Runtime-Client-Context`.
    /// - Returns: The outcome, which includes an error of the handler.
    public func stream(
        json: String,
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestStream {
        await stream(body: Array(json.utf8), timeout: timeout, headers: headers)
    }

    /// Invokes the handler with an event of bytes.
    ///
    /// - Parameters:
    ///   - body: The event.
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda, such as `Lambda-Runtime-Client-Context`.
    /// - Returns: The outcome, which includes an error of the handler.
    public func stream(
        body: [UInt8],
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestStream {
        let (result, recorder) = await harness.run(timeout, headers) { invocation, host in
            await invocation.run(
                streaming: handler,
                body: body,
                headers: host.headers,
                isColdStart: host.isColdStart,
                flushHandler: host.flushHandler
            )
        }
        return TestStream(
            TestInvocation(result?.outcome, recorder: recorder),
            head: result?.head,
            written: result?.written ?? []
        )
    }
}
