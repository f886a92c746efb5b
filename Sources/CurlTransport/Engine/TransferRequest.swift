/// An HTTP request whose body and response may be streamed.
package struct TransferRequest: Sendable {
    package var method: String
    package var url: CurlURL
    package var headers: HTTPHeaders
    package var body: TransferBody
    /// The timeout of the whole exchange.
    package var timeout: Duration
    /// The timeout for establishing the connection (DNS, TCP, TLS), within ``timeout``.
    package var connectTimeout: Duration
    /// The limit of the response's body after decompression, in bytes.
    package var maximumResponseBytes: Int
    /// True to ask for a compressed response, and to decompress it.
    package var decompresses: Bool
    package var trust: TLSTrust

    package init(
        method: String,
        url: CurlURL,
        headers: HTTPHeaders,
        body: TransferBody,
        timeout: Duration,
        connectTimeout: Duration,
        maximumResponseBytes: Int,
        decompresses: Bool,
        trust: TLSTrust
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.decompresses = decompresses
        self.trust = trust
    }
}

/// The body of a request.
package enum TransferBody: Sendable {
    case none
    case bytes([UInt8])
    /// The content of a file, which is read while it is sent.
    case file(String)
    /// Pieces that a task writes while they are sent, in chunks if the length is nil.
    case stream(length: Int?, produce: @Sendable (any UploadSink) async throws -> Void)
}

/// Takes the pieces of a request's body.
package protocol UploadSink: Sendable {
    /// Adds a piece, and waits while too much is unsent.
    ///
    /// - Throws: `CancellationError` if the exchange has ended.
    func write(_ bytes: [UInt8]) async throws
}

/// The head of a response, and its body as it arrives.
package struct TransferResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// The version of HTTP, such as `1.1`.
    package let version: String
    package let body: any TransferResponseBody

    package init(status: Int, headers: HTTPHeaders, version: String, body: any TransferResponseBody) {
        self.status = status
        self.headers = headers
        self.version = version
        self.body = body
    }
}

/// The body of a response, read once; releasing it ends the transfer.
package protocol TransferResponseBody: AnyObject, Sendable {
    /// True if all of the body was received, so that nothing waits for the server any more.
    var isReceived: Bool { get }
    /// The size of the received body before decompression, in bytes; nil until the transfer has ended.
    var receivedBytes: Int? { get }

    /// Returns the next bytes; nil at the end.
    ///
    /// - Throws: ``CurlError`` if the response is incomplete; ``CurlError/Code/aborted`` if the task is cancelled.
    nonisolated(nonsending) func next() async throws(CurlError) -> [UInt8]?

    /// Ends the transfer; the rest of the body is discarded.
    func cancel()
}

/// Performs exchanges: ``TransferEngine``, or a stand-in of a test.
package protocol TransferTransport: Sendable {
    /// Sends a request and returns when the response's head has arrived.
    ///
    /// - Throws: ``CurlError`` if there is no response; ``CurlError/Code/aborted`` if the task is cancelled.
    nonisolated(nonsending) func send(_ request: TransferRequest) async throws(CurlError) -> TransferResponse

    /// Waits between two attempts; returns early if the task is cancelled.
    nonisolated(nonsending) func pause(for duration: Duration) async
}
