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
/// the stream ends, so the trace is available when the caller has read the whole response. The handler runs on Swift's
/// cooperative thread pool, so it must not block. Everything else is as with ``TracedHandler``.
public protocol StreamingTracedHandler: TracedFunction {
    /// The type of the event; `[UInt8]` receives the event's bytes unchanged.
    ///
    /// It is declared here again because Swift infers it from ``handle(_:to:context:)``, which this protocol declares.
    associatedtype Event

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
}

extension StreamingTracedHandler {
    /// Runs the function as a Lambda runtime; called by `@main`.
    ///
    /// Never returns: it ends the process. It is synchronous for the same reason as ``TracedHandler/main()``.
    public static func main() {
        LambdaRuntime.main(configuration) { InvocationHandler(streaming: try await Self()) }
    }
}
