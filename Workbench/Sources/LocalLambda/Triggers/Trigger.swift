package import OTLP

/// The trigger of an invocation, which determines the event's envelope around the caller's data.
package enum Trigger: String, Sendable, CaseIterable {
    /// A direct invocation: no envelope.
    case direct
    /// API Gateway's REST APIs.
    case api
    /// A function URL, or API Gateway's HTTP APIs.
    case url
    /// An Application Load Balancer.
    case alb
    /// An SQS queue.
    case sqs
    /// An SNS topic.
    case sns
    /// An EventBridge bus.
    case eventbridge
    /// An EventBridge schedule.
    case schedule
    /// A Kinesis stream.
    case kinesis
    /// A DynamoDB stream.
    case dynamodb

    /// The request header for a caller's session id.
    private static let sessionHeader = "x-honeyhive-session-id"
    /// The key or attribute for a caller's session id.
    static let sessionKey = "session_id"

    /// Builds a trigger's event.
    ///
    /// - Parameters:
    ///   - data: The caller's data.
    ///   - sessionID: The session id, stored in this trigger's field for it; `nil` adds none.
    ///   - metadata: The event's time and id.
    /// - Returns: The event.
    /// - Throws: ``TriggerError`` when the data cannot carry the session id.
    package func event(
        data: JSONValue,
        sessionID: String?,
        _ metadata: EventMetadata
    ) throws(TriggerError) -> JSONValue {
        switch self {
        case .direct: return try withSession(sessionID, in: data)
        case .api: return GatewayEvents.version1(call(data, sessionID), metadata)
        case .url: return GatewayEvents.version2(call(data, sessionID), host: "local.localhost", metadata)
        case .alb: return GatewayEvents.loadBalancer(call(data, sessionID))
        case .sqs:
            let attributes = sessionID.map { [QueueMessage.Attribute(Self.sessionKey, $0)] } ?? []
            return QueueMessage.event(
                of: [QueueMessage(body: Self.message(data), attributes: attributes, metadata)],
                queue: "local"
            )
        case .sns: return Self.notification(data, sessionID, metadata)
        case .eventbridge:
            return Self.busEvent(try withSession(sessionID, in: data), type: "Local Event", source: "local", metadata)
        case .schedule:
            let detail = try withSession(sessionID, in: data)
            return Self.busEvent(detail, type: "Scheduled Event", source: "aws.events", metadata)
        case .kinesis: return Self.streamRecord(try withSession(sessionID, in: data), metadata)
        case .dynamodb: return Self.tableChange(try withSession(sessionID, in: data), metadata)
        }
    }

    private func withSession(_ sessionID: String?, in data: JSONValue) throws(TriggerError) -> JSONValue {
        guard let sessionID else { return data }
        guard case .object(var object) = data else {
            throw TriggerError(reason: "a session id needs data that is a JSON object; this is \(data.kind)")
        }
        object[Self.sessionKey] = .string(sessionID)
        return .object(object)
    }

    private func call(_ data: JSONValue, _ sessionID: String?) -> HTTPCall {
        var headers = [
            HTTPCall.Header("host", "local.localhost"), HTTPCall.Header("content-type", "application/json"),
            HTTPCall.Header("user-agent", "traced-lambda"),
        ]
        if let sessionID { headers.append(HTTPCall.Header(Self.sessionHeader, sessionID)) }
        return HTTPCall(method: "POST", path: "/", query: "", headers: headers, body: data.bytes)
    }

    /// The text of a message: a string unchanged, any other value as JSON.
    static func message(_ data: JSONValue) -> String { data.string ?? data.text }
}

/// An error of building an event.
package struct TriggerError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}
