internal import Platform

/// An HTTP request with its limits.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        /// Requests a response without a body.
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
    }

    package var method: Method
    package var url: String
    package var headers: HTTPHeaders
    /// The body in pieces, sent in order with an explicit `Content-Length`; ignored for ``Method/get`` and
    /// ``Method/head``.
    package var bodyPieces: [[UInt8]]
    /// The whole body; a copy if it has several pieces.
    package var body: [UInt8] {
        get { bodyPieces.count == 1 ? bodyPieces[0] : Array(bodyPieces.joined()) }
        set { bodyPieces = [newValue] }
    }
    /// The timeout of the whole exchange.
    ///
    /// Nil waits indefinitely, which only `/next` should do.
    package var timeout: Duration?
    /// The timeout for establishing the connection (DNS, TCP, TLS), within ``timeout``.
    package var connectTimeout: Duration
    /// The limit of the response body, in bytes.
    ///
    /// A larger body fails with ``CurlError/Code/responseTooLarge``.
    package var maximumResponseBytes: Int
    package var proxy: Proxy
    package var trust: TLSTrust
    /// True to open a new connection, for a server that may have dropped idle connections silently.
    package var needsNewConnection = false

    package enum Proxy: Sendable {
        /// No proxy, regardless of the environment.
        case none
        /// The proxy of `HTTPS_PROXY`, `NO_PROXY` and the related variables, as libcurl reads them.
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
        bodyPieces = [body]
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.proxy = proxy
        self.trust = trust
    }
}

/// The location of the trusted certificate authorities.
///
/// Servers are always verified.
package enum TLSTrust: Sendable, Equatable {
    case systemDefault
    /// A PEM file.
    ///
    /// OpenSSL parses all of it for the first connection: 40–140 ms for a full bundle.
    case file(String)
    /// A directory of PEM files named by subject hash (`openssl rehash`); only the required files are parsed.
    case hashedDirectory(String)
}

extension TLSTrust {
    /// The certificate authorities of the settings, otherwise those in the deployment package.
    ///
    /// - Parameters:
    ///   - file: The value of `SSL_CERT_FILE`.
    ///   - directory: The value of `SSL_CERT_DIR`.
    ///   - package: The directory of the deployment package, of which `certs` is used if it exists.
    package init(file: String?, directory: String?, package: String?) {
        if let file {
            self = .file(file)
        } else if let directory {
            self = .hashedDirectory(directory)
        } else if let packaged = package.map({ "\($0)/certs" }), access(packaged, X_OK) == 0 {
            self = .hashedDirectory(packaged)
        } else {
            self = .systemDefault
        }
    }
}
