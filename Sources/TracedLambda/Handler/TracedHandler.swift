internal import Platform
internal import PlatformFoundation

/// A Lambda function whose invocations are traced; the only type that a user has to write.
///
/// ```swift
/// import TracedLambda
///
/// @main
/// struct Greet: TracedHandler {
///     struct Event: Decodable { let name: String }
///
///     func handle(_ event: Event, context: InvocationContext) async throws -> String {
///         try await context.tracer.enrichSpanContext(eventName: "compose") { _ in "Hello, \(event.name)" }
///     }
/// }
/// ```
///
/// `@main` makes it a Lambda `bootstrap`. One instance serves all invocations of a process. A handler runs on the
/// runtime's own thread, and its child tasks run concurrently: blocking code delays only its own invocation. Code of the
/// main actor runs on the first thread of the process, for all invocations in turn.
public protocol TracedHandler: TracedFunction {
    /// The type of the event; `[UInt8]` receives the event's bytes unchanged.
    ///
    /// It is declared here again because Swift infers it from ``handle(_:context:)``, which this protocol declares.
    associatedtype Event
    /// The type of the output; `[UInt8]` is sent unchanged, ``NoOutput`` sends `null`.
    associatedtype Output: Encodable & Sendable

    /// Handles one invocation.
    ///
    /// - Parameters:
    ///   - event: The decoded event.
    ///   - context: The invocation's session, tracer, logger and deadline.
    /// - Returns: The output, which is encoded and sent to the caller after the invocation's spans have been delivered.
    /// - Throws: Any error. It is recorded on the span and reported to Lambda as a function error with the type's name
    ///   as `errorType`; the process continues with the next invocation.
    func handle(_ event: Event, context: InvocationContext) async throws -> Output

    /// Encodes an output; the default encodes JSON.
    ///
    /// - Parameter output: The handler's output.
    /// - Returns: The response's bytes, at most 6,291,556. Lambda refuses a longer response: its caller receives the error
    ///   `Function.ResponseSizeTooLarge`, and the invocation's span has failed.
    /// - Throws: Any error; it is reported as a function error.
    static func encode(_ output: Output) throws -> [UInt8]
}

extension TracedHandler {
    /// Encodes an output as JSON.
    ///
    /// - Parameter output: The handler's output.
    /// - Returns: The JSON text.
    /// - Throws: `EncodingError`, for example for a NaN.
    public static func encode(_ output: Output) throws -> [UInt8] {
        Array(try JSONEncoder().encode(output))
    }

    /// Runs the function as a Lambda runtime; called by `@main`.
    ///
    /// Never returns: it ends the process.
    ///
    /// It is synchronous, because an asynchronous `main` of a static executable adds about 20 ms to each cold start
    /// (`docs/design.md`).
    public static func main() {
        LambdaRuntime.main(configuration) { InvocationHandler(try await Self()) }
    }
}

extension TracedHandler where Output == [UInt8] {
    /// Returns the output's bytes unchanged.
    ///
    /// - Parameter output: The response's bytes.
    /// - Returns: The same bytes.
    public static func encode(_ output: [UInt8]) -> [UInt8] { output }
}
