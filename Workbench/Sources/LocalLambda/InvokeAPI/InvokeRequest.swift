import FoundationEssentials
import HTTPTypes
import Hummingbird
import OTLP

/// A validated request of the Invoke API.
struct InvokeRequest: Sendable {
    /// The invocation type.
    enum Kind: String {
        /// Synchronous: the caller waits for the result.
        case requestResponse = "RequestResponse"
        /// Asynchronous: the caller does not wait.
        case event = "Event"
        /// Validation only; the function does not run.
        case dryRun = "DryRun"
    }

    let kind: Kind
    let invocation: InvocationRequest

    /// Parses and validates a request.
    ///
    /// - Throws: ``InvokeError``, with AWS's messages.
    init(_ request: Request) async throws(InvokeError) {
        guard let kind = Kind(rawValue: request.headers[.invocationType] ?? Kind.requestResponse.rawValue) else {
            throw .invalidParameter("X-Amz-Invocation-Type must be RequestResponse, Event or DryRun")
        }
        self.kind = kind
        let limitBytes = kind == .event ? InvokeLimits.asynchronousEventBytes : RuntimeLimits.eventBytes
        let event = try await Self.event(in: request, limitBytes: limitBytes)
        var invocation = InvocationRequest(requestID: UUID().uuidString.lowercased(), event: event)
        invocation.clientContext = try request.headers[.amazonClientContext].map(Self.clientContext)
        invocation.traceID = request.headers[.amazonTraceID]
        invocation.tenantID = request.headers[.amazonTenantID]
        invocation.wantsLog = request.headers[.logType] == "Tail" && kind == .requestResponse
        self.invocation = invocation
    }

    private static func event(in request: Request, limitBytes: Int) async throws(InvokeError) -> [UInt8] {
        switch await CollectedBody(of: request, limitBytes: limitBytes) {
        case .tooLarge: throw .requestTooLarge(limitBytes: limitBytes)
        case .truncated: throw .invalidContent("Could not read the request's body to its end")
        case .complete(let bytes) where bytes.isEmpty: return Array("{}".utf8)
        case .complete(let bytes):
            do throws(JSONError) {
                _ = try JSONValue(parsing: bytes)
                return bytes
            } catch {
                throw .invalidContent("Could not parse request body into json: \(error)")
            }
        }
    }

    private static func clientContext(_ header: String) throws(InvokeError) -> String {
        let isInLimit = header.utf8.count <= InvokeLimits.clientContextBytes
        guard isInLimit, let data = Data(base64Encoded: header), let json = try? JSONValue(parsing: Array(data)),
            json.object != nil
        else { throw .invalidContent("Client context must be a valid Base64-encoded JSON object.") }
        // Serialised again, because a header value must not contain a line break.
        return json.text
    }
}

/// An error of the Invoke API, in the form that AWS's clients parse
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors).
enum InvokeError: Error, Hashable {
    case functionNotFound(String, known: [String])
    case invalidContent(String)
    case invalidParameter(String)
    case requestTooLarge(limitBytes: Int)
    case tooManyRequests
    case serviceEnding

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

/// Limits of the Invoke API: Lambda's, and those of the local server.
enum InvokeLimits {
    /// The limit of an asynchronous event, in bytes.
    static let asynchronousEventBytes = 1_048_576
    /// The limit of a client context in base64, in bytes.
    static let clientContextBytes = 3_583
    /// The size of the log tail that a caller gets, in bytes.
    static let logTailBytes = 4_096
    /// The limit of asynchronous events in progress; further ones are throttled.
    static let asynchronousEventLimitCount = 100
    /// The attempts for an asynchronous event, as on Lambda.
    static let asynchronousAttemptCount = 3
    /// The delay before the second attempt, in milliseconds; doubled before the third (on Lambda one and two minutes).
    static let asynchronousRetryMilliseconds = 1_000
    /// The largest chunk of a streamed response to AWS's clients, in bytes.
    static let payloadChunkBytes = 1_048_576
}

extension HTTPField.Name {
    static let invocationType = named("X-Amz-Invocation-Type")
    static let logType = named("X-Amz-Log-Type")
    static let amazonClientContext = named("X-Amz-Client-Context")
    static let amazonTenantID = named("X-Amz-Tenant-Id")
    static let amazonTraceID = named("X-Amzn-Trace-Id")
    static let executedVersion = named("X-Amz-Executed-Version")
    static let functionError = named("X-Amz-Function-Error")
    static let logResult = named("X-Amz-Log-Result")
    static let amazonRequestID = named("X-Amzn-RequestId")
    static let amazonErrorType = named("X-Amzn-ErrorType")
    static let secFetchSite = named("Sec-Fetch-Site")
    static let secFetchMode = named("Sec-Fetch-Mode")
}
