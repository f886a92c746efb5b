package import CurlTransport
internal import PlatformFoundation
package import SessionTracing

/// An HTTP client over libcurl, with a span for each exchange.
///
/// `context.http` is the client of an invocation. A client for `init` and shared types is made with ``init(_:)``; it
/// finds the invocation of the task that calls it. Clients are values without state: all share one thread and one set
/// of connections, which start with the first call and stay open between invocations. Nothing needs to be shut down.
///
/// ```swift
/// let response = try await context.http.post("https://api.example.com/notes", json: ["text": "buy milk"])
/// let note = try await response.requireSuccess().decode(Note.self)
/// ```
///
/// The span is a child of the current one, with the attributes of OpenTelemetry's conventions for HTTP clients
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client). It ends when the response's body has
/// been read or released. Cancelling the task ends the transfer.
public struct HTTPClient: Sendable {
    /// The settings, which a request can replace.
    public var configuration: Configuration
    /// The transport given at creation; nil for that of the task or the process.
    let transport: (any TransferTransport)?
    /// The tracer of the invocation whose client this is; nil for that of the task.
    let tracer: InvocationTracer?

    /// Creates a client.
    ///
    /// - Parameter configuration: The settings, which a request can replace.
    public init(_ configuration: Configuration = Configuration()) {
        self.init(configuration: configuration, transport: nil)
    }

    /// Creates a client with a transport of its own.
    ///
    /// - Parameters:
    ///   - configuration: The settings.
    ///   - transport: Performs the exchanges; nil for that of the task or the process.
    ///   - tracer: The tracer of the invocation whose client this is; nil for that of the task.
    package init(
        configuration: Configuration = Configuration(),
        transport: (any TransferTransport)?,
        tracer: InvocationTracer? = nil
    ) {
        self.configuration = configuration
        self.transport = transport ?? Self.taskTransport
        self.tracer = tracer
    }

    /// The engine of the process, whose thread starts with the first call.
    private static let engine = TransferEngine(stopwatch: {
        let start = TraceClock.system.now
        return { TraceClock.system.now.elapsed(since: start) }
    })

    /// The transport of all clients that are made or used in a task; a test's stand-in.
    @TaskLocal package static var taskTransport: (any TransferTransport)?

    /// Sends a request, and returns when the response's head has arrived.
    ///
    /// ```swift
    /// var request = HTTPClient.Request(.delete, "https://api.example.com/notes/7")
    /// request.timeout = .seconds(2)
    /// let status = try await context.http.send(request).status
    /// ```
    ///
    /// - Parameter request: The request.
    /// - Returns: The response with any status: a 500 is a response, not an error.
    /// - Throws: ``HTTPError`` if there is no response: the request is invalid, the server cannot be reached or is not
    ///   trusted, the time limit has passed, the response is malformed, or the task is cancelled.
    public func send(_ request: Request) async throws(HTTPError) -> Response {
        var call = try Call(request, of: self, outgoing: OutgoingCall(from: tracer))
        return try await call.run(over: transport ?? Self.taskTransport ?? Self.engine)
    }

    /// Sends a GET request.
    ///
    /// ```swift
    /// let page = try await context.http.get("https://example.com/").requireSuccess().text()
    /// ```
    ///
    /// - Parameters:
    ///   - url: The absolute http or https URL.
    ///   - headers: The header fields.
    /// - Returns: The response with any status.
    /// - Throws: ``HTTPError`` as ``send(_:)``.
    public func get(_ url: String, headers: Headers = [:]) async throws(HTTPError) -> Response {
        try await send(Request(.get, url, headers: headers))
    }

    /// Sends a POST request with a value as JSON.
    ///
    /// - Parameters:
    ///   - url: The absolute http or https URL.
    ///   - value: The body, which is encoded with default strategies.
    ///   - headers: The header fields.
    /// - Returns: The response with any status.
    /// - Throws: ``HTTPError`` as ``send(_:)``.
    public func post(
        _ url: String,
        json value: some Encodable,
        headers: Headers = [:]
    ) async throws(HTTPError) -> Response {
        try await send(Request(.post, url, headers: headers, body: .json(value)))
    }
}
