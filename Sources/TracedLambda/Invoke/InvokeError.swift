/// The error of ``InvocationContext/invoke(_:_:qualifier:as:timeout:)`` and
/// ``InvocationContext/sendEvent(to:_:qualifier:)``.
///
/// ```swift
/// do {
///     return try await context.invoke("Answer", question)
/// } catch where error.code == .functionFailed {
///     context.logger.error("Answer failed", metadata: ["log": "\(error.logTail ?? "")"])
///     throw error
/// }
/// ```
public struct InvokeError: Error, Sendable, CustomStringConvertible {
    /// The kind of error.
    public enum Code: String, Sendable, Hashable {
        /// The name or the qualifier is invalid; nothing was sent.
        case invalidFunction = "invalid_function"
        /// The payload cannot be encoded as JSON; nothing was sent.
        case invalidPayload = "invalid_payload"
        /// The payload is over Lambda's limit; nothing was sent.
        case payloadTooLarge = "payload_too_large"
        /// There are no AWS credentials or no region; nothing was sent.
        case configuration
        /// The function's role may not invoke the function.
        case accessDenied = "access_denied"
        /// There is no such function, version or alias.
        case notFound = "not_found"
        /// The function's concurrency or the account's rate is used up.
        case throttled
        /// Lambda rejected the request for another reason, or failed.
        case rejected
        /// Lambda gave no complete response: no connection, a timeout, or a cancelled task.
        case unreachable
        /// The function ran and failed.
        case functionFailed = "function_failed"
        /// The function's response does not match the type.
        case undecodableOutput = "undecodable_output"
    }

    /// The kind of error.
    public let code: Code
    /// The function, as it was named.
    public let function: String
    /// The cause; for a function that failed, its own error message.
    public let message: String
    /// The type of the function's error, such as `TypeError`; otherwise Lambda's error code, or nil.
    public let errorType: String?
    /// The end of the function's log, at most 4 KB; only of a function that failed.
    public let logTail: String?
    /// The request id of the function's invocation, to find its log.
    public let requestID: String?
    /// The status of Lambda's response; nil if there was none.
    public let status: Int?
    /// The error that caused this one: an ``HTTPError``, `EncodingError` or `DecodingError`.
    public let underlying: (any Error)?

    init(
        _ code: Code,
        _ message: String,
        function: String,
        errorType: String? = nil,
        logTail: String? = nil,
        requestID: String? = nil,
        status: Int? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.function = function
        self.message = message
        self.errorType = errorType
        self.logTail = logTail
        self.requestID = requestID
        self.status = status
        self.underlying = underlying
    }

    /// The function, the cause and the remedy.
    public var description: String {
        let reason = errorType.map { message.isEmpty ? $0 : "\($0): \(message)" } ?? message
        let remedy =
            switch code {
            case .accessDenied: ". Allow the function's role lambda:InvokeFunction on it"
            case .throttled: ". Raise its reserved concurrency, or send an event"
            default: ""
            }
        return "\(function): \(reason)\(remedy)"
    }
}
