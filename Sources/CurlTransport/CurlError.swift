/// An exchange that brought no complete answer.
package struct CurlError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The URL, a header or the method cannot be sent. Nothing went out.
        case invalidRequest = "invalid request"
        /// The host's name has no address. Nothing went out.
        case resolveFailed = "name resolution failed"
        /// No connection came about. Nothing went out.
        case connectFailed = "connection failed"
        /// The deadline passed; the peer may have received the request.
        case timedOut = "timed out"
        /// The peer closed or reset the connection before the answer was complete.
        case connectionDropped = "connection dropped"
        /// The handshake or the verification of the peer failed. Nothing went out.
        case tlsFailed = "TLS failed"
        /// The answer's head or body passed its limit.
        case responseTooLarge = "response too large"
        /// What came back is not HTTP.
        case malformedResponse = "malformed response"
        /// Whoever makes the request's body has given it up.
        case aborted = "aborted"
        case other = "transfer failed"
    }

    package let code: Code
    /// libcurl's own words, or ours.
    ///
    /// Holds no header value and no body.
    package let detail: String

    /// The answer's status, when its head had come: what the peer did with the request does not depend on what follows.
    package let status: Int?

    package init(code: Code, detail: String, status: Int? = nil) {
        self.code = code
        self.detail = detail
        self.status = status
    }

    package var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
