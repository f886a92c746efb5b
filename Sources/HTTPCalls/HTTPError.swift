internal import CurlTransport

/// The error of an HTTP call.
///
/// ```swift
/// do {
///     return try await context.http.get("https://api.example.com/rate").decode(Rate.self)
/// } catch where error.code == .timeout {
///     return Rate.unknown
/// }
/// ```
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The kind of error; its raw value is the `error.type` of the call's span.
    public enum Code: String, Sendable, CaseIterable {
        /// The request cannot be sent: its URL, method, a header or its body is invalid.
        ///
        /// Nothing was sent.
        case invalidRequest = "invalid_request"
        /// The host name could not be resolved; nothing was sent.
        case resolve
        /// The connection could not be established; nothing was sent.
        case connect
        /// The TLS handshake or the verification of the server failed; nothing was sent.
        case tls
        /// The time limit passed; the server may have received the request.
        case timeout
        /// The task was cancelled; the server may have received the request.
        case cancelled
        /// The response's head, its body or one of its events is larger than its limit.
        case tooLarge = "too_large"
        /// The response is not valid HTTP, or not what was asked for.
        case malformed
        /// The server closed or reset the connection before the response was complete.
        case disconnected
        /// The redirect may not be followed: it leads to another scheme, from https to http, or is one too many.
        case redirect
        /// The request's own body failed: its file or its sequence threw an error.
        case requestBody = "request_body"
        /// The status is not in the 200s; only of ``HTTPClient/Response/requireSuccess()`` and of `events`.
        case status
        /// The body cannot be decoded as the wanted type.
        case decoding
        /// The body has been read before.
        case bodyRead = "body_read"
        /// Any other failure of the transfer.
        case failed
    }

    /// The kind of error.
    public let code: Code
    /// The request's method and URL; the URL is without user name, password, values of the query and fragment.
    public let request: String
    /// The response's status, if its head was received.
    public let status: Int?
    /// The cause; contains no header value and no part of a body.
    public let detail: String
    /// The error of the request's body sequence, or of the response's decoding; nil otherwise.
    public let underlying: (any Error)?

    package init(
        _ code: Code,
        _ detail: String,
        request: String,
        status: Int? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.detail = detail
        self.request = request
        self.status = status
        self.underlying = underlying
    }

    init(_ error: CurlError, request: String, status: Int? = nil, underlying: (any Error)? = nil) {
        self.init(
            Code(error.code),
            error.detail,
            request: request,
            status: error.status ?? status,
            underlying: underlying
        )
    }

    /// The request, the cause and the remedy.
    public var description: String {
        var text = "\(request): \(code.phrase)"
        if let status, code != .status { text += " after status \(status)" }
        if !detail.isEmpty { text += ": \(detail)" }
        if let remedy = code.remedy { text += ". \(remedy)" }
        return text
    }
}

extension HTTPError.Code {
    init(_ code: CurlError.Code) {
        self =
            switch code {
            case .invalidRequest: .invalidRequest
            case .resolveFailed: .resolve
            case .connectFailed: .connect
            case .timedOut: .timeout
            case .connectionDropped: .disconnected
            case .tlsFailed: .tls
            case .responseTooLarge: .tooLarge
            case .malformedResponse: .malformed
            case .aborted: .cancelled
            case .uploadFailed: .requestBody
            case .other: .failed
            }
    }

    fileprivate var phrase: String {
        switch self {
        case .invalidRequest: "the request is invalid"
        case .resolve: "the host name cannot be resolved"
        case .connect: "the connection failed"
        case .tls: "TLS failed"
        case .timeout: "timed out"
        case .cancelled: "cancelled"
        case .tooLarge: "the response is too large"
        case .malformed: "the response is malformed"
        case .disconnected: "the server closed the connection early"
        case .redirect: "the redirect is refused"
        case .requestBody: "the request's body failed"
        case .status: "the call did not succeed"
        case .decoding: "the body cannot be decoded"
        case .bodyRead: "the body has been read before"
        case .failed: "the transfer failed"
        }
    }

    fileprivate var remedy: String? {
        switch self {
        case .resolve: "Check the URL's host, and the function's network"
        case .connect: "Check the URL's host and port, the function's network, and HTTPS_PROXY"
        case .tls: "Check the server's certificate, and SSL_CERT_FILE for an authority of your own"
        case .timeout: "Raise the request's timeout or the function's"
        case .tooLarge: "Raise maximumResponseBytes, or ask for less"
        case .redirect: "Check the server, or the request's redirects"
        case .bodyRead: "Keep what was read"
        case .invalidRequest, .cancelled, .malformed, .disconnected, .requestBody, .status, .decoding, .failed: nil
        }
    }
}
