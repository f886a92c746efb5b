package import FoundationEssentials
package import HTTPTypes

/// The response headers of `/next`.
package enum RuntimeHeaders {
    /// Builds the headers of one event.
    ///
    /// - Parameters:
    ///   - invocation: The event.
    ///   - wallClock: The current time; the deadline is counted from it.
    /// - Returns: The headers; those without a value are omitted.
    package static func fields(of invocation: Invocation, wallClock: Date) -> HTTPFields {
        let deadline = wallClock.timeIntervalSince1970 + invocation.timeout / .seconds(1)
        var fields: HTTPFields = [
            .contentType: "application/json",
            .requestID: invocation.requestID,
            .deadline: "\(Int64(deadline * 1_000))",
            .functionARN: invocation.functionARN,
            .invocationID: invocation.invocationID,
        ]
        fields[.traceID] = invocation.traceID
        fields[.clientContext] = invocation.clientContext
        fields[.cognitoIdentity] = invocation.cognitoIdentity
        fields[.tenantID] = invocation.tenantID
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

    private static func named(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header name") }
        return field
    }
}
