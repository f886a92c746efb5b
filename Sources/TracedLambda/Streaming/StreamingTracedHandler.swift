internal import FoundationEssentials
internal import Glibc

/// A traced Lambda function that answers piece by piece, while it still works: tokens of a language model, lines of a report.
///
/// ```swift
/// @main
/// struct Tell: StreamingTracedHandler {
///     func handle(_ event: HTTPRequestEvent, to response: ResponseStream, context: InvocationContext) async throws {
///         try response.start(ResponseHead(status: 200, headers: ["Content-Type": "text/event-stream"]))
///         for word in ["once", "upon", "a", "time"] {
///             try await response.send(ServerSentEvent(data: word))
///         }
///     }
/// }
/// ```
///
/// The function's URL needs the invoke mode `RESPONSE_STREAM`; other callers use `InvokeWithResponseStream`
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html). The spans are delivered before the
/// stream ends, so whoever has read the answer to its end finds the trace. All else is as with ``TracedHandler``.
public protocol StreamingTracedHandler: Sendable {
    /// What the function is invoked with. `[UInt8]` gets the bytes as they came.
    associatedtype Event: Decodable & Sendable

    /// Makes the handler, once for each process, before its first invocation.
    ///
    /// - Throws: Anything that keeps the function from working. It is reported to Lambda as an init error, and the process ends.
    init() async throws

    /// Serves one invocation. The stream ends when this returns.
    ///
    /// - Parameters:
    ///   - event: The decoded event.
    ///   - response: Takes the answer. It is of no use after this returns.
    ///   - context: The invocation's session, tracer, logger and deadline.
    /// - Throws: Anything. Before the first byte has been written it is a function error, as in ``TracedHandler``; after that
    ///   the caller gets it at the end of the stream, and what has been written stays.
    func handle(_ event: Event, to response: ResponseStream, context: InvocationContext) async throws

    /// Settings that go before the environment's. The default sets none.
    static var configuration: TracingConfiguration { get }

    /// Decodes an event; the default reads JSON.
    ///
    /// - Parameter body: The event's bytes, up to 6 MiB.
    /// - Returns: The event.
    /// - Throws: Anything; it is reported as a function error.
    static func decode(_ body: [UInt8]) throws -> Event
}

extension StreamingTracedHandler {
    /// No settings but the environment's.
    public static var configuration: TracingConfiguration { TracingConfiguration() }

    /// Decodes JSON.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError``, which names the place in the event.
    public static func decode(_ body: [UInt8]) throws -> Event { try EventDecoder.decode(body) }

    /// Runs the function as Lambda's runtime; what `@main` calls.
    ///
    /// It ends with the process, and is synchronous as ``TracedHandler/main()`` is.
    public static func main() {
        exit(LambdaRuntime.run(configuration) { InvocationHandler(streaming: try await Self()) })
    }
}

extension StreamingTracedHandler where Event == [UInt8] {
    /// Hands the bytes on as they came.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The same bytes.
    public static func decode(_ body: [UInt8]) -> [UInt8] { body }
}
