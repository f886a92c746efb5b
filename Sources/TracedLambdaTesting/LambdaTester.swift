internal import Synchronization
public import TracedLambda

/// Runs a handler on events, in the test's own process, and shows what came of each: the output and the spans as values.
///
/// ```swift
/// let tester = LambdaTester(Answer())
/// let invocation = await tester.invoke(json: #"{"question": "of life", "session_id": "conversation-42"}"#)
/// #expect(try invocation.output(as: Reply.self).answer == "42")
/// #expect(invocation.spans.map(\.name) == ["retrieve", "Answer"])
/// ```
///
/// All is as in a function, from the event's bytes to the encoded answer, but for Lambda and the network. Time stands still
/// unless the test moves ``clock``, and ids count up, so that the same test gives the same spans.
public struct LambdaTester<Handler: TracedHandler>: Sendable {
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
    ///   - timeout: How far away the deadline is when the invocation starts.
    ///   - headers: More of what Lambda sends with an event.
    /// - Returns: What came of it. A handler's error is part of that.
    public func invoke(
        body: [UInt8],
        timeout: Duration = .seconds(30),
        headers: [String: String] = [:]
    ) async -> TestInvocation {
        let (outcome, recorder) = await bench.run(Handler.configuration, timeout, headers) { invocation, host in
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
