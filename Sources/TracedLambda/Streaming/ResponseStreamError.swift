/// The error of a streamed response.
public struct ResponseStreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error.
    public enum Code: String, Sendable {
        /// The head can no longer be set, because bytes have been written.
        case alreadyStarted = "the response has begun"
        /// A status, header or cookie is invalid.
        case invalidHead = "the response's head cannot be sent"
        /// An event's type or id is invalid.
        case invalidEvent = "the server-sent event cannot be sent"
        /// The stream is closed: the caller disconnected, Lambda ended the stream, or the handler has returned.
        case closed = "the response stream is closed"
        /// The response exceeds Lambda's limit.
        case tooLarge = "the response is too large"
    }

    /// The kind of error.
    public let code: Code
    /// Details of the error; never contains a part of the response.
    public let detail: String

    init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// A description of the error with its details.
    public var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
