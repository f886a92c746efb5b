package import CurlTransport
package import SessionTracing

/// Where spans go, and in which form.
package struct ExportDestination: Sendable {
    package var endpoint: HTTPEndpoint
    package var format: SpanFormat
    /// Sent with each request, the key among them unless it is kept elsewhere.
    ///
    /// Never logged.
    package var headers: HTTPHeaders
    /// The key that is sent as a bearer token, when a setting tells only where it is kept.
    package var storedKey: StoredKey?
    package var compression: Compression
    /// The longest that one request may take.
    package var requestTimeout: Duration
    package var trust: TLSTrust
    /// Where requests for sessions go; nil when the collector is not HoneyHive.
    package var sessionServer: SessionServer?

    /// HoneyHive's REST interface.
    package struct SessionServer: Sendable {
        package let start: HTTPEndpoint
        package let enrich: HTTPEndpoint
    }

    package enum Compression: String, Sendable {
        case none
        case gzip
    }

    /// The default of `OTEL_EXPORTER_OTLP_TIMEOUT`.
    package static let defaultRequestTimeoutMilliseconds = 10_000

    package init(
        endpoint: HTTPEndpoint,
        format: SpanFormat,
        headers: HTTPHeaders,
        compression: Compression = .none,
        requestTimeout: Duration = .milliseconds(Self.defaultRequestTimeoutMilliseconds),
        trust: TLSTrust = .systemDefault
    ) {
        self.endpoint = endpoint
        self.format = format
        self.headers = headers
        self.compression = compression
        self.requestTimeout = requestTimeout
        self.trust = trust
    }
}
