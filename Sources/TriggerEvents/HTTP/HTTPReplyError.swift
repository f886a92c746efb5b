/// A reply that cannot be sent.
public struct HTTPReplyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Hashable {
        /// The status is not one of HTTP's, 100 to 599.
        case invalidStatus
        /// A header's name is not a token (https://www.rfc-editor.org/rfc/rfc9110#section-5.1).
        case invalidHeaderName
        /// A header's value has a line break or another control character, which could begin a header of somebody else's.
        case invalidHeaderValue
        /// The same of a cookie.
        case invalidCookie
        /// A load balancer takes several cookies only with its target group's multi-value headers on.
        case tooManyCookies
    }

    /// What is wrong.
    public let code: Code
    /// For people; it names a header, and never tells a value.
    public let description: String
}
