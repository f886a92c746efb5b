/// The error of an HTTP exchange that ended without a complete response.
package struct CurlError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The URL, a header or the method is invalid.
        ///
        /// Nothing was sent.
        case invalidRequest = "invalid request"
        /// The host name could not be resolved.
        ///
        /// Nothing was sent.
        case resolveFailed = "name resolution failed"
        /// The connection could not be established.
        ///
        /// Nothing was sent.
        case connectFailed = "connection failed"
        /// The timeout passed; the server may have received the request.
        case timedOut = "timed out"
        /// The server closed or reset the connection before the response was complete.
        case connectionDropped = "connection dropped"
        /// The TLS handshake or the verification of the server failed.
        ///
        /// Nothing was sent.
        case tlsFailed = "TLS failed"
        /// The response's head or body exceeded its limit.
        case responseTooLarge = "response too large"
        /// The response is not valid HTTP.
        case malformedResponse = "malformed response"
        /// The exchange was interrupted, or the source of the request body aborted.
        case aborted = "aborted"
        /// The source of a streamed request body failed.
        case uploadFailed = "upload failed"
        case other = "transfer failed"
    }

    package let code: Code
    /// The message of libcurl or of this module.
    ///
    /// Contains no header value and no body.
    package let detail: String

    /// The response's status, if its head was received; later errors do not change what the server did with the
    /// request.
    package let status: Int?

    package init(code: Code, detail: String, status: Int? = nil) {
        self.code = code
        self.detail = detail
        self.status = status
    }

    package var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
