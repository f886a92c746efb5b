import FoundationEssentials
import HTTPTypes
package import OTLP

/// One event for the function, with the values that the Runtime API sends in its headers.
struct Invocation: Sendable, Hashable {
    /// The request id, part of the paths of the Runtime API.
    let requestID: String
    /// The value of `Lambda-Runtime-Invocation-Id`, which the runtime echoes (added to the Runtime API in 2026).
    let invocationID: String
    /// The event's bytes.
    let event: [UInt8]
    /// The function's timeout, counted from delivery of the event.
    let timeout: Duration
    let functionARN: String
    /// The X-Ray trace header; `nil` omits it.
    let traceID: String?
    /// The caller's client context in JSON; `nil` omits the header.
    let clientContext: String?
    /// The caller's Cognito identity in JSON; `nil` omits the header.
    let cognitoIdentity: String?
    /// The caller's tenant id; `nil` omits the header.
    let tenantID: String?
}

extension Invocation {
    /// Creates an invocation with generated ids.
    ///
    /// `requestID`: The request id; `nil` generates one.
    /// `traceID`: The X-Ray trace header; `nil` generates one.
    /// `clientContext`: The caller's client context in JSON.
    init(
        requestID: String? = nil,
        event: [UInt8],
        timeout: Duration,
        functionARN: String,
        traceID: String? = nil,
        clientContext: String? = nil,
        tenantID: String? = nil
    ) {
        self.init(
            requestID: requestID ?? UUID().uuidString.lowercased(),
            invocationID: UUID().uuidString.lowercased(),
            event: event,
            timeout: timeout,
            functionARN: functionARN,
            traceID: traceID ?? Self.makeXRayHeader(),
            clientContext: clientContext,
            cognitoIdentity: nil,
            tenantID: tenantID
        )
    }

    /// Generates a trace header in X-Ray's format; the middle part of the root is the time in seconds
    /// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
    private static func makeXRayHeader() -> String {
        let digits = UUID().uuidString.lowercased().replacing("-", with: "")
        let parent = UUID().uuidString.lowercased().replacing("-", with: "").suffix(16)
        let time = String(UInt32(clamping: Int64(Date().timeIntervalSince1970)), radix: 16)
        return "Root=1-\(time)-\(digits.prefix(24));Parent=\(parent);Sampled=1"
    }
}

extension Invocation {
    /// Builds the headers of one event.
    ///
    /// `wallClock`: The current time; the deadline is counted from it.
    /// Returns the headers; those without a value are omitted.
    func headers(wallClock: Date) -> HTTPFields {
        // Without a timeout, the function is told Lambda's longest: a later deadline is invalid for a runtime.
        let deadline =
            wallClock.timeIntervalSince1970 + min(timeout / .seconds(1), FunctionSettings.timeoutLimitSeconds)
        var fields: HTTPFields = [
            .contentType: "application/json",
            .requestID: requestID,
            .deadline: "\(Int64(deadline * 1_000))",
            .functionARN: functionARN,
            .invocationID: invocationID,
        ]
        fields[.traceID] = traceID
        fields[.clientContext] = clientContext
        fields[.cognitoIdentity] = cognitoIdentity
        fields[.tenantID] = tenantID
        return fields
    }
}

extension HTTPField.Name {
    static let requestID = named("Lambda-Runtime-Aws-Request-Id")
    static let deadline = named("Lambda-Runtime-Deadline-Ms")
    static let functionARN = named("Lambda-Runtime-Invoked-Function-Arn")
    static let invocationID = named("Lambda-Runtime-Invocation-Id")
    static let traceID = named("Lambda-Runtime-Trace-Id")
    static let clientContext = named("Lambda-Runtime-Client-Context")
    static let cognitoIdentity = named("Lambda-Runtime-Cognito-Identity")
    static let tenantID = named("Lambda-Runtime-Aws-Tenant-Id")
    static let functionResponseMode = named("Lambda-Runtime-Function-Response-Mode")
    static let functionErrorType = named("Lambda-Runtime-Function-Error-Type")
    static let functionErrorBody = named("Lambda-Runtime-Function-Error-Body")
    static let extensionName = named("Lambda-Extension-Name")
    static let extensionIdentifier = named("Lambda-Extension-Identifier")
}

/// The result of an invocation, with its times.
struct InvocationOutcome: Sendable {
    /// The result of an invocation.
    enum Ending: Sendable, Hashable {
        /// The function responded.
        case response([UInt8], contentType: String?)
        /// The function, or its runtime, reported an error.
        case functionError(FunctionError)
        /// The function could not start.
        case initError(FunctionError)
        /// The response exceeded the size limit.
        case responseTooLarge
        /// The process did not request its first event within the init timeout.
        case initTimedOut
        /// The function exceeded its timeout.
        case timedOut
        /// The process ended; the text describes its exit.
        case processEnded(String)
    }

    /// The result.
    let ending: Ending
    /// The time of delivery to the function; `nil` when the event was never delivered.
    let deliveredAt: ContinuousClock.Instant?
    /// The time of the end, on the clock that also dates the arrival of spans.
    let endedAt: ContinuousClock.Instant
    /// True when the runtime echoed `Lambda-Runtime-Invocation-Id`.
    let echoedInvocationID: Bool

    /// Creates the outcome of an event that was never delivered.
    ///
    /// `why`: The reason, for people.
    static func neverDelivered(_ why: String) -> InvocationOutcome {
        InvocationOutcome(ending: .processEnded(why), deliveredAt: nil, endedAt: .now, echoedInvocationID: false)
    }
}

/// An error that a function or its runtime reports to the Runtime API.
package struct FunctionError: Sendable, Hashable {
    /// The error's type, for example `Function.NotFound`.
    package let type: String
    /// The error's message.
    package let message: String
    /// The stack trace; empty when the runtime sends none.
    var stackTrace: [String] = []
}

extension FunctionError {
    /// Parses an error report.
    ///
    /// A body that is not the expected JSON becomes the message, so that the error is not lost.
    ///
    /// `headerType`: The value of `Lambda-Runtime-Function-Error-Type`.
    init(reportedBy body: [UInt8], headerType: String?) {
        let report = (try? JSONValue(parsing: body))?.object
        let bodyType = report?["errorType"]?.string
        self.type = bodyType ?? Self.recordedType(ofHeader: headerType)
        self.message = report?["errorMessage"]?.string ?? String(decoding: body.prefix(4_096), as: UTF8.self)
        self.stackTrace = (report?["stackTrace"]?.array ?? []).compactMap(\.string)
    }

    /// Normalises the error type of a header as Lambda does.
    ///
    /// - Returns: The value when it has the form `Runtime.Name` or `Function.Name`; else `Function.Unknown` when it
    ///   begins with `Function.`, and `Runtime.Unknown` otherwise.
    static func recordedType(ofHeader header: String?) -> String {
        guard let header else { return "Runtime.Unknown" }
        for origin in ["Runtime.", "Function."] where header.hasPrefix(origin) {
            let name = header.utf8.dropFirst(origin.utf8.count)
            let isLetters = name.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
            let isCapital = name.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? false
            if isLetters, isCapital, name.count >= 2 { return header }
        }
        return header.hasPrefix("Function.") ? "Function.Unknown" : "Runtime.Unknown"
    }

    /// The error in the JSON form that Lambda returns to the caller.
    package var json: JSONValue {
        [
            "errorType": .string(type), "errorMessage": .string(message),
            "stackTrace": .array(stackTrace.map(JSONValue.string)),
        ]
    }
}
