internal import FoundationEssentials
public import SessionTracing
internal import TriggerContext

/// What the caller put into the invocation's client context
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, `X-Amz-Client-Context`).
public struct ClientContext: Sendable, Hashable {
    /// About the calling app: `installation_id`, `app_title`, `app_version_code` and others.
    public let client: [String: AttributeValue]
    /// The caller's own values.
    public let custom: [String: AttributeValue]
    /// The caller's environment.
    public let environment: [String: AttributeValue]
    /// All members, those that have no property here among them, without the trace context.
    public let members: [String: AttributeValue]

    /// Splits trace context off: AWS's newest clients put it under `w3c`, and functions are not to see it there.
    ///
    /// - Returns: Nil when the text is not a JSON object.
    static func parse(_ text: String) -> (context: ClientContext, carrier: Carrier?)? {
        guard var members = try? JSONDecoder().decode([String: AttributeValue].self, from: Data(text.utf8)) else {
            return nil
        }
        let carrier = members.removeValue(forKey: "w3c").flatMap(carrier)
        return (ClientContext(members), carrier)
    }

    private init(_ members: [String: AttributeValue]) {
        self.members = members
        client = Self.object(members["client"])
        custom = Self.object(members["custom"])
        environment = Self.object(members["env"])
    }

    private static func object(_ value: AttributeValue?) -> [String: AttributeValue] {
        guard case .dictionary(let members) = value else { return [:] }
        return members
    }

    private static func carrier(_ value: AttributeValue) -> Carrier? {
        guard case .dictionary(let fields) = value else { return nil }
        func text(_ name: String) -> String? {
            guard case .string(let text) = fields[name] else { return nil }
            return text
        }
        return Carrier(traceparent: text("traceparent"), tracestate: text("tracestate"), baggage: text("baggage"))
    }
}
