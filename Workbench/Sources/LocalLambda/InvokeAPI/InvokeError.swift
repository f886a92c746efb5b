import Hummingbird
import OTLP

/// An error of the Invoke API, in the form that AWS's clients parse
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors).
enum InvokeError: Error, Hashable {
    case functionNotFound(String, known: [String])
    case invalidContent(String)
    case invalidParameter(String)
    case requestTooLarge(limitBytes: Int)
    case tooManyRequests
    case serviceEnding

    init(_ refusal: InvocationRefusal) {
        switch refusal {
        case .tooManyRequests: self = .tooManyRequests
        case .shuttingDown: self = .serviceEnding
        }
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .functionNotFound: .notFound
        case .invalidContent, .invalidParameter: .badRequest
        case .requestTooLarge: .contentTooLarge
        case .tooManyRequests: .tooManyRequests
        case .serviceEnding: .internalServerError
        }
    }

    private var type: String {
        switch self {
        case .functionNotFound: "ResourceNotFoundException"
        case .invalidContent: "InvalidRequestContentException"
        case .invalidParameter: "InvalidParameterValueException"
        case .requestTooLarge: "RequestTooLargeException"
        case .tooManyRequests: "TooManyRequestsException"
        case .serviceEnding: "ServiceException"
        }
    }

    private var json: JSONValue {
        switch self {
        case .functionNotFound(let name, let known):
            ["Type": "User", "Message": .string("Function not found: \(FunctionRegistry.unknown(name, known: known))")]
        case .invalidContent(let message), .invalidParameter(let message):
            ["Type": "User", "message": .string(message)]
        case .requestTooLarge(let limitBytes):
            [
                "Type": "User",
                "message": .string("Request must be smaller than \(limitBytes) bytes for the InvokeFunction operation"),
            ]
        case .tooManyRequests:
            [
                "Type": "User", "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
                "message": "Rate Exceeded.",
            ]
        case .serviceEnding: ["Type": "Service", "Message": "the local server is about to end"]
        }
    }

    /// The error response.
    var response: Response {
        var response = Response(status: status, json: json)
        response.headers[.amazonErrorType] = type
        return response
    }
}
