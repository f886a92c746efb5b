internal import SessionTracing
public import TracedLambda

/// Runs a streaming handler on events, in the test's own process, and shows what came of each: the answer and the spans.
///
/// ```swift
/// let tester = StreamingLambdaTester(Tell())
/// let stream = await tester.stream(json: #"{"about": "a fox"}"#)
/// #expect(stream.status == 200)
/// #expect(stream.text == "once upon a time")
/// ```
///
/// All else is as with ``LambdaTester``. The answer is gathered, so the handler never waits for a reader.
public struct StreamingLambdaTester<Handler: StreamingTracedHandler>: Sendable {
    /// The invocations' clock.
    public var clock: TestClock { bench.clock }

    private let handler: Handler
    private let bench: TestBench

    /// Makes a tester for a handler.
    ///
    /// - Parameters:
    ///   - handler: The handler under test.
    ///   - environment: The variables that the function would have; none of the test's own process are seen.
    ///   - clock: The invocations' clock.
    public init(_ handler: Handler, environment: [String: String] = [:], clock: TestClock = TestClock()) {
        self.handler = handler
        bench = TestBench(functionName: String(describing: Handler.self), environment: environment, clock: clock)
    }

    /// Invokes the handler with an event of JSON text.
    ///
    /// - Parameters:
    ///   - json: The event; it need not be valid.
    ///   - timeout: How far away the deadline is when the invocation starts.
    ///   - headers: More of what Lambda sends with an event, as `Lambda-Runtime-Client-Context`.
    /// - Returns: What came of it. A handler's error is part of that.
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
    ///   - timeout: How far away the deadline is when the invocation starts.
    ///   - headers: More of what Lambda sends with an event.
    /// - Returns: What came of it. A handler's error is part of that.
    public func stream(
        body: [UInt8],
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestStream {
        let (result, recorder) = await bench.run(Handler.configuration, timeout, headers) { invocation, host in
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
