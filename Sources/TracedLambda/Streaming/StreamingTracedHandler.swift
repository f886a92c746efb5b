internal import PlatformFoundation
internal import Platform

/// A traced Lambda function that streams its response, such as the tokens of a language model or the lines of a report.
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
/// The function's URL requires the invoke mode `RESPONSE_STREAM`; other callers use `InvokeWithResponseStream`
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html). The spans are delivered before
/// the stream ends, so the trace is available when the caller has read the whole response. Everything else is as with
/// ``TracedHandler``.
public protocol StreamingTracedHandler: Sendable {
    /// The type of the event; `[UInt8]` receives the event's bytes unchanged.
    associatedtype Event: Decodable & Sendable

    /// Creates the handler, once per process, before its first invocation.
    ///
    /// - Throws: Any error that prevents the function from working. It is reported to Lambda as an init error, and the
    ///   process ends.
    init() async throws

    /// Handles one invocation.
    ///
    /// The stream ends when the method returns.
    ///
    /// - Parameters:
    ///   - event: The decoded event.
    ///   - response: The response to write to. It is closed after the method returns.
    ///   - context: The invocation's session, tracer, logger and deadline.
    /// - Throws: Any error. Before the first byte it is a function error, as in ``TracedHandler``; afterwards the
    ///   caller receives it at the end of the stream, after the written bytes.
    func handle(_ event: Event, to response: ResponseStream, context: InvocationContext) async throws

    /// The settings made in code, which take precedence over the environment.
    ///
    /// The default sets none.
    static var configuration: TracingConfiguration { get }

    /// Decodes an event; the default decodes JSON.
    ///
    /// - Parameter body: The event's bytes, up to 6 MiB.
    /// - Returns: The event.
    /// - Throws: Any error; it is reported as a function error.
    static func decode(_ body: [UInt8]) throws -> Event
}

extension StreamingTracedHandler {
    /// An empty configuration, which uses the environment's settings.
    public static var configuration: TracingConfiguration { TracingConfiguration() }

    /// Decodes an event from JSON.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The event.
    /// - Throws: ``EventDecodingError`` with the path of the invalid value.
    public static func decode(_ body: [UInt8]) throws -> Event { try EventDecoder.decode(body) }

    /// Runs the function as a Lambda runtime; called by `@main`.
    ///
    /// Never returns: it ends the process. It is synchronous for the same reason as ``TracedHandler/main()``.
    public static func main() {
        exit(LambdaRuntime.run(configuration) { InvocationHandler(streaming: try await Self()) })
    }
}

extension StreamingTracedHandler where Event == [UInt8] {
    /// Returns the event's bytes unchanged.
    ///
    /// - Parameter body: The event's bytes.
    /// - Returns: The same bytes.
    public static func decode(_ body: [UInt8]) -> [UInt8] { body }
}
