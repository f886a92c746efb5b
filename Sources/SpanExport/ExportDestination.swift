package import CurlTransport
package import SessionTracing

/// The destination of exported spans, with format, headers and limits.
package struct ExportDestination: Sendable {
    package var endpoint: HTTPEndpoint
    package var format: SpanFormat
    /// The headers of each request, including the API key unless it is a stored secret.
    ///
    /// Never logged.
    package var headers: HTTPHeaders
    /// The stored secret with the API key, which is sent as a bearer token; nil if the key is in the headers.
    package var storedKey: StoredKey?
    package var compression: Compression
    /// The timeout of one request.
    package var requestTimeout: Duration
    package var trust: TLSTrust
    /// The endpoints for session requests; nil if the collector is not HoneyHive.
    package var sessionServer: SessionServer?
    package var settingNames = SettingNames()

    /// The endpoints of HoneyHive's REST API.
    package struct SessionServer: Sendable {
        package let start: HTTPEndpoint
        package let enrich: HTTPEndpoint
    }

    /// The encoding of requests with spans.
    package enum Compression: String, Sendable {
        case none
        case gzip
        /// gzip for bodies of ``automaticCompressionBytes`` and more.
        case automatic = "auto"
    }

    /// The size of a body from which `auto` compresses it, in bytes: a smaller one reaches the collector in one or two
    /// round trips anyway.
    package static let automaticCompressionBytes = 32 * 1024
    /// The memory of a function with one whole core, in MiB
    /// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html); with less, `auto` compresses nothing.
    package static let automaticCompressionMebibytes = 1_769

    package init(
        endpoint: HTTPEndpoint,
        format: SpanFormat,
        headers: HTTPHeaders,
        compression: Compression = .none,
        requestTimeout: Duration,
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

/// The names of the settings that a destination was made from, for log lines that say what to check.
package struct SettingNames: Sendable, Equatable {
    /// The setting that the URL comes from.
    package var url = "the collector's URL"
    /// The setting that the key comes from; nil if none is set, which only a collector other than HoneyHive allows.
    package var key: String?
    /// The setting that chooses the encoding.
    package var encoding = EnvironmentVariable.exporterProtocol.rawValue
    /// The setting that names the certificate authorities.
    package var trust = EnvironmentVariable.certificateFile.rawValue

    package init() {}
}
