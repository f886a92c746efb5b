import FoundationEssentials

extension Invocation {
    /// Creates an invocation with generated ids.
    ///
    /// - Parameters:
    ///   - requestID: The request id; `nil` generates one.
    ///   - event: The event.
    ///   - timeout: The function's timeout.
    ///   - functionARN: The function's ARN.
    ///   - traceID: The X-Ray trace header; `nil` generates one.
    ///   - clientContext: The caller's client context in JSON.
    ///   - tenantID: The caller's tenant id.
    package init(
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
