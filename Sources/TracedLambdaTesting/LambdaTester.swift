internal import Synchronization
public import TracedLambda

/// Runs a handler on events in the test's own process, and returns the output and the spans of each invocation as
/// values.
///
/// ```swift
/// let tester = LambdaTester(Answer())
/// let invocation = await tester.invoke(json: #"{"question": "of life", "session_id": "conversation-42"}"#)
/// #expect(try invocation.output(as: Reply.self).answer == "42")
/// #expect(invocation.spans.map(\.name) == ["retrieve", "Answer"])
/// ```
///
/// The invocation is the same as in a function, from the event's bytes to the encoded response, except for Lambda and
/// the network. Time advances only when the test advances ``clock``, and ids are sequential, so that the same test
/// produces the same spans.
public struct LambdaTester<Handler: TracedHandler>: Sendable {
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
    public func invoke(
        _ event: TestEvent,
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestInvocation {
        await invoke(json: event.json, timeout: timeout, headers: headers)
    }

    /// Invokes the handler with an event of JSON text.
    ///
    /// - Parameters:
    ///   - json: The event; it may be invalid.
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda, such as `Lambda-Runtime-Client-Context`.
    /// - Returns: The outcome, which includes an error of the handler.
    public func invoke(
        json: String,
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestInvocation {
        await invoke(body: Array(json.utf8), timeout: timeout, headers: headers)
    }

    /// Invokes the handler with an event of bytes.
    ///
    /// - Parameters:
    ///   - body: The event.
    ///   - timeout: The time until the deadline at the start of the invocation.
    ///   - headers: Additional headers of Lambda, such as `Lambda-Runtime-Client-Context`.
    /// - Returns: The outcome, which includes an error of the handler.
    public func invoke(
        body: [UInt8],
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestInvocation {
        let (outcome, recorder) = await harness.run(timeout, headers) { invocation, host in
            await invocation.run(
                handler,
                body: body,
                headers: host.headers,
                isColdStart: host.isColdStart,
                flushHandler: host.flushHandler
            )
        }
        return TestInvocation(outcome, recorder: recorder)
    }
}

/// Counts up from 1.
final class Counter: Sendable {
    private let value = Mutex<UInt64>(0)

    func next() -> UInt64 {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
