import HTTPTypes

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

    private static func named(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header name") }
        return field
    }
}
