package import CurlTransport
package import SessionTracing
internal import WireText

extension HTTPClient {
    /// A method of HTTP (https://www.rfc-editor.org/rfc/rfc9110#section-9).
    public struct Method: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The method's name, which is compared exactly.
        public let rawValue: String

        /// Creates a method.
        ///
        /// - Parameter rawValue: The name; a call with one that is no token fails.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `GET`.
        public static let get = Method(rawValue: "GET")
        /// `HEAD`: a response without a body.
        public static let head = Method(rawValue: "HEAD")
        /// `POST`.
        public static let post = Method(rawValue: "POST")
        /// `PUT`.
        public static let put = Method(rawValue: "PUT")
        /// `PATCH`.
        public static let patch = Method(rawValue: "PATCH")
        /// `DELETE`.
        public static let delete = Method(rawValue: "DELETE")
        /// `OPTIONS`.
        public static let options = Method(rawValue: "OPTIONS")

        /// The name.
        public var description: String { rawValue }

        /// True if a repeated request has the effect of one
        /// (https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2).
        var isIdempotent: Bool { Self.idempotent.contains(self) }

        private static let idempotent: Set<Method> = [.get, .head, .put, .delete, .options, Method(rawValue: "TRACE")]

        /// True for the methods that OpenTelemetry's conventions know; others are recorded as `_OTHER`.
        var isKnown: Bool { Self.known.contains(self) }

        private static let known = idempotent.union([.post, .patch, Method(rawValue: "CONNECT")])
    }

    /// A request.
    ///
    /// ```swift
    /// var request = HTTPClient.Request(.put, "https://api.example.com/notes/7", body: .json(note))
    /// request.timeout = .seconds(5)
    /// let response = try await context.http.send(request)
    /// ```
    public struct Request: Sendable {
        /// The method.
        public var method: Method
        /// The absolute http or https URL.
        ///
        /// Spaces and characters beyond ASCII are percent-encoded. A user name and a password in it are sent as basic
        /// authentication.
        public var url: String
        /// The header fields; they take precedence over those that the client adds.
        public var headers: Headers
        /// The body; nil sends none.
        public var body: Body?
        /// The time limit of the whole call: all attempts and redirects, and the response's body.
        ///
        /// Nil uses the client's. In an invocation, no call lasts longer than the invocation's remaining time less the
        /// margin of the flush.
        public var timeout: Duration?
        /// The policy for redirects; nil uses the client's.
        public var redirects: Redirects?
        /// The policy for repeated attempts; nil uses the client's.
        public var retries: Retries?
        /// The limit of the response's body, in bytes after decompression; nil uses the client's.
        public var maximumResponseBytes: Int?
        /// The parts of the trace that the server receives; nil uses the client's.
        public var propagation: Propagation?
        /// True to record the bodies of the request and the response on the call's span, redacted and cut.
        ///
        /// A request's body is recorded only if it is in memory; a file or a stream is not.
        public var recordsPayload: Bool
        /// The span of the caller's own that describes the request with all its attempts; nil for a span of each.
        package var span: TracedSpan?
        /// The AWS signature of each attempt; the error is one of the credentials.
        package var signature: (@Sendable () throws(CurlError) -> RequestSignature)?

        /// Creates a request.
        ///
        /// - Parameters:
        ///   - method: The method.
        ///   - url: The absolute http or https URL.
        ///   - headers: The header fields.
        ///   - body: The body; nil sends none.
        public init(_ method: Method = .get, _ url: String, headers: Headers = [:], body: Body? = nil) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            recordsPayload = false
        }
    }
}
