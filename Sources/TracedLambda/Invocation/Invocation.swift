internal import CurlTransport
internal import WireText

/// The ids by which Lambda assigns a response to its invocation.
struct InvocationIDs: Sendable, Equatable {
    let requestID: String
    /// The invocation id, which is echoed in the response if Lambda sent it.
    let invocationID: String?
}

/// A response to `/next`: the event with Lambda's headers, not yet interpreted.
struct Invocation: Sendable {
    let ids: InvocationIDs
    let deadline: String?
    let functionARN: String
    let xrayTraceID: String?
    let clientContext: String?
    let cognitoIdentity: String?
    let tenantID: String?
    let body: [UInt8]

    /// Creates an invocation; nil without a request id that is valid in a URL, because it could not be responded to.
    init?(_ response: HTTPResponse) {
        let headers = response.headers
        guard let requestID = headers.nonEmpty("Lambda-Runtime-Aws-Request-Id"),
            requestID.utf8.count <= Self.maximumRequestIDBytes,
            requestID.utf8.allSatisfy({ $0.isLetterOrDigit || "-_".utf8.contains($0) })
        else { return nil }
        ids = InvocationIDs(
            requestID: requestID,
            invocationID: headers.nonEmpty("Lambda-Runtime-Invocation-Id")
        )
        deadline = headers.nonEmpty("Lambda-Runtime-Deadline-Ms")
        functionARN = headers["Lambda-Runtime-Invoked-Function-Arn"] ?? ""
        xrayTraceID = headers.nonEmpty("Lambda-Runtime-Trace-Id")
        clientContext = headers.nonEmpty("Lambda-Runtime-Client-Context")
        cognitoIdentity = headers.nonEmpty("Lambda-Runtime-Cognito-Identity")
        tenantID = headers.nonEmpty("Lambda-Runtime-Aws-Tenant-Id")
        body = response.body
    }

    static let maximumRequestIDBytes = 256
}
