package import OTLP

/// The reason for which the Runtime API rejects a request.
package enum RuntimeRefusal: Error, Sendable, Hashable {
    /// 400: the path names no current request.
    case invalidRequestID
    /// 400: an unknown response mode.
    case invalidResponseMode
    /// 400: the connection closed before the end of the body.
    case truncatedRequest
    /// 403: the request is not allowed in the current state.
    case invalidTransition(String)
    /// 410: the invocation is over, or the invocation id belongs to another one.
    case gone(String)
    /// 413: the body exceeds the size limit.
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

    /// The error message, for people.
    package var message: String {
        switch self {
        case .invalidRequestID: "Invalid request ID"
        case .invalidResponseMode: "Lambda-Runtime-Function-Response-Mode must be 'streaming' or absent"
        case .truncatedRequest: "The connection broke in the middle of the body"
        case .invalidTransition(let what), .gone(let what): what
        case .tooLarge: "Exceeded maximum allowed payload size (\(RuntimeLimits.responseBytes) bytes)."
        }
    }

    /// The response body.
    package var json: JSONValue {
        ["errorMessage": .string(message), "errorType": .string(errorType)]
    }
}
