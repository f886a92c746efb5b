package import WireJSON

/// Why the Runtime API turns a request down.
package enum RuntimeRefusal: Error, Sendable, Hashable {
    /// 400: the path names no current request.
    case invalidRequestID
    /// 400: a response mode that does not exist.
    case invalidResponseMode
    /// 400: the connection broke in the middle of the body.
    case truncatedRequest
    /// 403: the request does not fit what went before.
    case invalidTransition(String)
    /// 410: the invocation is over, or the invocation id is another one's.
    case gone(String)
    /// 413: the body is over the limit.
    case tooLarge

    /// The HTTP status.
    package var statusCode: Int {
        switch self {
        case .invalidRequestID, .invalidResponseMode, .truncatedRequest: 400
        case .invalidTransition: 403
        case .gone: 410
        case .tooLarge: 413
        }
    }

    private var errorType: String {
        switch self {
        case .invalidRequestID: "InvalidRequestID"
        case .invalidResponseMode: "InvalidFunctionResponseMode"
        case .truncatedRequest: "TruncatedRequest"
        case .invalidTransition: "InvalidStateTransition"
        case .gone: "InvocationGone"
        case .tooLarge: "RequestEntityTooLarge"
        }
    }

    /// What happened, for people.
    package var message: String {
        switch self {
        case .invalidRequestID: "Invalid request ID"
        case .invalidResponseMode: "Lambda-Runtime-Function-Response-Mode must be 'streaming' or absent"
        case .truncatedRequest: "The connection broke in the middle of the body"
        case .invalidTransition(let what), .gone(let what): what
        case .tooLarge: "Exceeded maximum allowed payload size (\(RuntimeLimits.responseBytes) bytes)."
        }
    }

    /// The answer's body.
    package var json: JSONValue {
        ["errorMessage": .string(message), "errorType": .string(errorType)]
    }
}
