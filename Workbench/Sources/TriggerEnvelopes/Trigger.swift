package import WireJSON

/// What invokes a function, and so how its event wraps the caller's data.
package enum Trigger: String, Sendable, CaseIterable {
    /// A caller that invokes the function itself: no envelope.
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

    /// The header in which a caller names its session.
    private static let sessionHeader = "x-honeyhive-session-id"
    /// The key, and the attribute, in which a caller names its session.
    static let sessionKey = "session_id"

    /// The event of a trigger.
    ///
    /// - Parameters:
    ///   - data: The caller's data.
    ///   - sessionID: The session, put where this trigger carries one; `nil` adds none.
    ///   - moment: When, and with which id.
    /// - Returns: The event.
    /// - Throws: ``TriggerError`` when the data has no place for the session.
    package func event(
        data: JSONValue,
        sessionID: String?,
        _ moment: EventMoment
    ) throws(TriggerError) -> JSONValue {
        switch self {
        case .direct: return try withSession(sessionID, in: data)
        case .api: return GatewayEvents.version1(call(data, sessionID), moment)
        case .url: return GatewayEvents.version2(call(data, sessionID), host: "local.localhost", moment)
        case .alb: return GatewayEvents.loadBalancer(call(data, sessionID))
        case .sqs:
            let attributes = sessionID.map { [QueueMessage.Attribute(Self.sessionKey, $0)] } ?? []
            return QueueMessage.event(
                of: [QueueMessage(body: Self.message(data), attributes: attributes, moment)],
                queue: "local"
            )
        case .sns: return Self.notification(data, sessionID, moment)
        case .eventbridge:
            return Self.busEvent(try withSession(sessionID, in: data), type: "Local Event", source: "local", moment)
        case .schedule:
            let detail = try withSession(sessionID, in: data)
            return Self.busEvent(detail, type: "Scheduled Event", source: "aws.events", moment)
        case .kinesis: return Self.streamRecord(try withSession(sessionID, in: data), moment)
        case .dynamodb: return Self.tableChange(try withSession(sessionID, in: data), moment)
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

    /// A text goes as it is, as a sender would have written it; anything else as JSON.
    static func message(_ data: JSONValue) -> String { data.string ?? data.text }
}

/// Why there is no such event.
package struct TriggerError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}
