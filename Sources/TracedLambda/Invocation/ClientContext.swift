public import SessionTracing

/// The client context that the caller sent with the invocation
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, `X-Amz-Client-Context`).
public struct ClientContext: Sendable, Hashable {
    /// Data about the calling app: `installation_id`, `app_title`, `app_version_code` and others.
    public let client: [String: AttributeValue]
    /// The caller's own values.
    public let custom: [String: AttributeValue]
    /// The caller's environment.
    public let environment: [String: AttributeValue]
    /// All members except `w3c`, including those without a property here.
    public let members: [String: AttributeValue]

    /// Parses a client context and removes the trace context, which AWS's newest clients put under `w3c`, hidden from
    /// functions.
    ///
    /// - Parameter text: The JSON text.
    /// - Returns: The client context; nil if the text is not a JSON object.
    static func parse(_ text: String) -> ClientContext? {
        guard case .dictionary(var members) = try? AttributeValue(json: Array(text.utf8)) else { return nil }
        members["w3c"] = nil
        return ClientContext(members)
    }

    private init(_ members: [String: AttributeValue]) {
        self.members = members
        client = Self.object(members["client"])
        // Node.js names it in upper case.
        custom = Self.object(members["custom"] ?? members["Custom"])
        environment = Self.object(members["env"])
    }

    private static func object(_ value: AttributeValue?) -> [String: AttributeValue] {
        guard case .dictionary(let members) = value else { return [:] }
        return members
    }
}
