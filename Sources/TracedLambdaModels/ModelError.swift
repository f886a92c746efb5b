/// The error of a call of a model.
///
/// ```swift
/// do {
///     return try await model.reply(to: messages, context: context).text
/// } catch let error as ModelError where error.code == .rateLimited {
///     return "Ask again in a minute."
/// }
/// ```
public struct ModelError: Error, Sendable, CustomStringConvertible {
    /// The kind of error.
    public enum Code: String, Sendable, Hashable {
        /// A setting is missing or invalid; nothing was sent.
        case configuration = "the model is not set up"
        /// A message, a tool or a schema cannot be sent; nothing was sent.
        case invalidRequest = "the request to the model is invalid"
        /// The key was rejected: HTTP 401 or 403, or an error in the response that says so.
        case unauthorized = "the model's server rejected the key"
        /// Too many requests, or the account's quota is used up: HTTP 429.
        case rateLimited = "the model's server limits the rate of requests"
        /// The server rejected the request: another 4xx.
        case rejected = "the model's server rejected the request"
        /// The server failed: 5xx, or an error within the stream.
        case serverFailed = "the model's server failed"
        /// No response arrived: no connection, or a timeout.
        case unreachable = "the model's server gave no answer"
        /// The response ended before the model had finished.
        case incomplete = "the model's answer broke off"
        /// The response is not of the chat-completions API, or is too large.
        case malformedResponse = "the model's server sent something that is no chat completion"
        /// The structured output does not match the type.
        case undecodableOutput = "the model's output does not match the type"
        /// The agent came to no answer within its turns, or called too many tools.
        case tooManyTurns = "the model came to no answer"
    }

    /// The kind of error.
    public let code: Code
    /// Details of the error, such as the server's message; contains no key.
    public let detail: String
    /// The status of the server's response, or the one that an error within a successful response states; nil if there
    /// was none.
    public let status: Int?
    /// The error that caused this one, such as a `DecodingError`.
    public let underlying: (any Error)?

    init(_ code: Code, _ detail: String = "", status: Int? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.detail = detail
        self.status = status
        self.underlying = underlying
    }

    /// A description of the error with its details.
    public var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
