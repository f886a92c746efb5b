/// One HTTP exchange to make: what to send, and the limits on it.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        /// Asks for an answer without a body.
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
    }

    package var method: Method
    package var url: String
    package var headers: HTTPHeaders
    /// Sent with an explicit `Content-Length`; ignored for ``Method/get`` and ``Method/head``.
    package var body: [UInt8]
    /// The whole exchange's limit.
    ///
    /// Nil waits without end, which is right for `/next` alone.
    package var timeout: Duration?
    /// The part of the limit that the connection (DNS, TCP, TLS) may take.
    package var connectTimeout: Duration
    /// Answers with a larger body fail with ``CurlError/Code/responseTooLarge``.
    package var maximumResponseBytes: Int
    package var proxy: Proxy
    package var trust: TLSTrust
    /// Signs the request for AWS; its body must then be under 1 MB.
    package var signature: RequestSignature?
    /// Leaves kept-alive connections alone: for a peer that may have forgotten them without a word.
    package var needsNewConnection = false

    package enum Proxy: Sendable {
        /// No proxy, whatever the environment says.
        case none
        /// `HTTPS_PROXY`, `NO_PROXY` and their like, as libcurl reads them.
        case environment
    }

    package static let defaultConnectTimeout: Duration = .seconds(1)

    package init(
        _ method: Method,
        url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        timeout: Duration?,
        connectTimeout: Duration = Self.defaultConnectTimeout,
        maximumResponseBytes: Int,
        proxy: Proxy = .none,
        trust: TLSTrust = .systemDefault
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.proxy = proxy
        self.trust = trust
    }
}

/// Where the certificates of trusted authorities are.
///
/// Peers are always verified.
package enum TLSTrust: Sendable, Equatable {
    case systemDefault
    /// A PEM file. OpenSSL parses all of it for the first connection: 40–140 ms for a full bundle.
    case file(String)
    /// A directory of PEM files named by subject hash (`openssl rehash`); only what is needed gets parsed.
    case hashedDirectory(String)
}
