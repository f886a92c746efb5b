/// Why an answer cannot go on.
public struct ResponseStreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a handler can tell apart.
    public enum Code: String, Sendable {
        /// The stream has begun: its head can no longer be set.
        case alreadyStarted = "the response has begun"
        /// A status, header or cookie that cannot be sent.
        case invalidHead = "the response's head cannot be sent"
        /// An event's name or id that cannot be sent.
        case invalidEvent = "the server-sent event cannot be sent"
        /// Nobody takes the answer any more: the caller has gone, Lambda has cut the stream, or the handler has returned.
        case closed = "the response stream is closed"
        /// The answer is longer than Lambda lets through.
        case tooLarge = "the response is too large"
    }

    /// What happened.
    public let code: Code
    /// More about it; never holds a part of the answer.
    public let detail: String

    init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// For people: what happened, and more about it.
    public var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
