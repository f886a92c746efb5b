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
/// runtime's own thread, and its child tasks run concurrently: blocking code delays only its own invocation. The main
/// actor is not served, so `@MainActor` code never runs: handlers must not be isolated to it.
public protocol TracedHandler: Sendable {
    /// The type of the event; `[UInt8]` receives the event's bytes unchanged.
    associatedtype Event: Decodable & Sendable
    /// The type of the output; `[UInt8]` is sent unchanged, ``NoOutput`` sends `null`.
    associatedtype Output: Encodable & Sendable

    /// Creates the handler, once per process, before its first invocation.
    ///
    /// - Throws: Any error that prevents the function from working. It is reported to Lambda as an init error, and the
    ///   process ends.
    init() async throws

    /// Handles one invocation.
    ///
    /// - Parameters:
    ///   - event: The decoded event.
    ///   - context: The invocation's session, tracer, logger and deadline.
    /// - Returns: The output, which is encoded and sent to the caller after the invocation's spans have been delivered.
    /// - Throws: Any error. It is recorded on the span and reported to Lambda as a function error with the type's name
    ///   as `errorType`; the process continues with the next invocation.
    func handle(_ event: Event, context: InvocationContext) async throws -> Output

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

    /// Encodes an output; the default encodes JSON.
    ///
    /// - Parameter output: The handler's output.
    /// - Returns: The response's bytes, at most 6,291,556.
    /// - Throws: Any error; it is reported as a function error.
    static func encode(_ output: Output) throws -> [UInt8]
}

extension TracedHandler {
    /// An empty configuration, which uses the environment's settings.
    public static var configuration: TracingConfiguration { TracingConfiguration() }
}
