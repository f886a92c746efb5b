extension HTTPClient {
    /// The settings of a client; a request's own take precedence.
    ///
    /// ```swift
    /// let http = HTTPClient(.init(timeout: .seconds(5), headers: ["Accept": "application/json"], redirects: .follow()))
    /// ```
    public struct Configuration: Sendable {
        /// The time limit of a call; nil uses the invocation's remaining time less the margin of the flush, and 30
        /// seconds outside an invocation.
        public var timeout: Duration?
        /// The time limit for establishing a connection: name resolution, TCP and TLS.
        public var connectTimeout: Duration
        /// Header fields that every request has, unless it has its own of that name.
        public var headers: Headers
        /// The policy for redirects.
        public var redirects: Redirects
        /// The policy for repeated attempts.
        public var retries: Retries
        /// The limit of a response's body, in bytes after decompression.
        public var maximumResponseBytes: Int
        /// True to ask for compressed responses and to decompress them.
        public var decompresses: Bool
        /// The parts of the trace that servers receive.
        public var propagation: Propagation

        /// The default of ``timeout`` outside an invocation, in seconds.
        package static let defaultTimeoutSeconds = 30
        /// The default of ``connectTimeout``, in seconds.
        package static let defaultConnectTimeoutSeconds = 5
        /// The default of ``maximumResponseBytes``, in bytes.
        package static let defaultMaximumResponseBytes = 64 * 1024 * 1024

        /// Creates a configuration.
        ///
        /// - Parameters:
        ///   - timeout: The time limit of a call; nil for the invocation's.
        ///   - connectTimeout: The time limit for establishing a connection; nil for 5 s.
        ///   - headers: Header fields that every request has, unless it has its own of that name.
        ///   - redirects: The policy for redirects; by default a redirect is the response.
        ///   - retries: The policy for repeated attempts; by default two more after a failed connection.
        ///   - maximumResponseBytes: The limit of a response's body, in bytes after decompression; nil for 64 MiB.
        ///   - decompresses: True to ask for compressed responses (gzip, deflate) and to decompress them.
        ///   - propagation: The parts of the trace that servers receive; by default the session only for the servers of
        ///     `TRACED_LAMBDA_PROPAGATE_TO`.
        public init(
            timeout: Duration? = nil,
            connectTimeout: Duration? = nil,
            headers: Headers = [:],
            redirects: Redirects = .none,
            retries: Retries = .standard,
            maximumResponseBytes: Int? = nil,
            decompresses: Bool = true,
            propagation: Propagation = .byServer
        ) {
            self.timeout = timeout
            self.connectTimeout = connectTimeout ?? .seconds(Self.defaultConnectTimeoutSeconds)
            self.headers = headers
            self.redirects = redirects
            self.retries = retries
            self.maximumResponseBytes = maximumResponseBytes ?? Self.defaultMaximumResponseBytes
            self.decompresses = decompresses
            self.propagation = propagation
        }
    }

    /// The policy for redirects.
    ///
    /// A redirect is never followed from https to http or to another scheme. On the way to another origin, every header
    /// whose name is that of a secret (`Authorization`, `Cookie`, `X-Api-Key`, …), `Host` and an AWS signature are left
    /// out. The session and the request's own `baggage` go there only if it is a server of `TRACED_LAMBDA_PROPAGATE_TO`.
    public struct Redirects: Sendable, Hashable {
        let maximumCount: Int

        /// A redirect is the response.
        public static let none = Redirects(maximumCount: 0)

        /// Redirects are followed: 301, 302 and 303 turn a POST into a GET, 307 and 308 repeat the request.
        ///
        /// - Parameter maximumCount: The number of redirects after which the call fails, at most 20.
        /// - Returns: The policy.
        public static func follow(_ maximumCount: Int = 5) -> Redirects {
            Redirects(maximumCount: min(max(0, maximumCount), Self.maximumCountLimit))
        }

        /// The largest number of redirects of a call.
        package static let maximumCountLimit = 20
    }

    /// The policy for repeated attempts, all within the call's time limit.
    ///
    /// A connection that cannot be established is tried again for every method, because nothing was sent. After a
    /// connection that broke before the response, only idempotent methods (GET, HEAD, PUT, DELETE, OPTIONS) are sent
    /// again. Each attempt is a span of its own with `http.request.resend_count`.
    ///
    /// ```swift
    /// request.retries = HTTPClient.Retries(delay: .milliseconds(200), statuses: [429, 503])
    /// ```
    public struct Retries: Sendable, Hashable {
        /// The number of attempts after the first one, at most 10.
        public var maximumCount: Int
        /// The pause before the first repetition; each further one is twice as long.
        ///
        /// A server's `Retry-After` makes it longer.
        public var delay: Duration
        /// The statuses after which a request is sent again, whatever its method is; for example 429 and 503.
        public var statuses: Set<Int>

        /// The largest number of attempts after the first one.
        package static let maximumCountLimit = 10

        /// Creates a policy.
        ///
        /// - Parameters:
        ///   - maximumCount: The number of attempts after the first one, at most 10.
        ///   - delay: The pause before the first repetition.
        ///   - statuses: The statuses after which a request is sent again.
        public init(maximumCount: Int = 2, delay: Duration = .milliseconds(50), statuses: Set<Int> = []) {
            self.maximumCount = min(max(0, maximumCount), Self.maximumCountLimit)
            self.delay = delay
            self.statuses = statuses
        }

        /// No repeated attempt.
        public static let none = Retries(maximumCount: 0)
        /// Two more attempts after a failed connection; no status is a reason for one.
        public static let standard = Retries()
    }

    /// The parts of the trace that a server receives.
    ///
    /// `OTEL_PROPAGATORS` can disable each of them for all servers.
    public enum Propagation: Sendable, Hashable {
        /// Nothing.
        case none
        /// `traceparent` and `tracestate`: ids without meaning to others.
        case trace
        /// These and `baggage`: the session, HoneyHive's project and source, and the caller's own baggage.
        ///
        /// After a redirect to another origin it is ``byServer``.
        case session
        /// ``session`` for the servers of `TRACED_LAMBDA_PROPAGATE_TO`, ``trace`` for all others.
        case byServer
    }
}
