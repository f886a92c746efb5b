/// A Lambda function whose every invocation is traced: the one type that a user writes.
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
/// `@main` is all that it takes to make it a Lambda `bootstrap`. One instance serves all invocations of a process. A handler runs
/// on the runtime's own thread, and its child tasks beside it: code that blocks holds up its own invocation, and no other. The main
/// actor is never served, so `@MainActor` code would never run: leave handlers unisolated.
public protocol TracedHandler: Sendable {
    /// What the function is invoked with. `[UInt8]` gets the bytes as they came.
    associatedtype Event: Decodable & Sendable
    /// What the function answers with. `[UInt8]` is sent as it is; ``NoOutput`` sends `null`.
    associatedtype Output: Encodable & Sendable

    /// Makes the handler, once for each process, before its first invocation.
    ///
    /// - Throws: Anything that keeps the function from working. It is reported to Lambda as an init error, and the process ends.
    init() async throws

    /// Serves one invocation.
    ///
    /// - Parameters:
    ///   - event: The decoded event.
    ///   - context: The invocation's session, tracer, logger and deadline.
    /// - Returns: What is encoded and sent to the caller, after the invocation's spans have been delivered.
    /// - Throws: Anything. It is recorded on the span, reported to Lambda as a function error with the type's name as
    ///   `errorType`, and the process goes on to the next invocation.
    func handle(_ event: Event, context: InvocationContext) async throws -> Output

    /// Settings that go before the environment's. The default sets none.
    static var configuration: TracingConfiguration { get }

    /// Decodes an event; the default reads JSON.
    ///
    /// - Parameter body: The event's bytes, up to 6 MiB.
    /// - Returns: The event.
    /// - Throws: Anything; it is reported as a function error.
    static func decode(_ body: [UInt8]) throws -> Event

    /// Encodes an answer; the default writes JSON.
    ///
    /// - Parameter output: What the handler returned.
    /// - Returns: The bytes to answer with, at most 6,291,556 of them.
    /// - Throws: Anything; it is reported as a function error.
    static func encode(_ output: Output) throws -> [UInt8]
}

extension TracedHandler {
    /// No settings but the environment's.
    public static var configuration: TracingConfiguration { TracingConfiguration() }
}
