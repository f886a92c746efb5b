/// The error of an invalid HTTP reply.
public struct HTTPReplyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error.
    public enum Code: Sendable, Hashable {
        /// The status is not in the range 100 to 599.
        case invalidStatus
        /// A header's name is not a token (https://www.rfc-editor.org/rfc/rfc9110#section-5.1).
        case invalidHeaderName
        /// A header's value contains a line break or another control character, which could inject another header.
        case invalidHeaderValue
        /// A cookie contains a line break or another control character.
        case invalidCookie
        /// There are several cookies, which a load balancer supports only if its target group has multi-value headers
        /// enabled, and VPC Lattice and WebSocket APIs not at all.
        case tooManyCookies
    }

    /// The kind of error.
    public let code: Code
    /// A description of the error; it may contain a header's name but never a value.
    public let description: String
}
