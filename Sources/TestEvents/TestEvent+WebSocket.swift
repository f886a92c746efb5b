internal import SessionTracing
public import TriggerEvents

extension TestEvent {
    /// Makes the event of a client that connects to a WebSocket API
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html).
    ///
    /// - Parameters:
    ///   - headers: The headers of the connection's request.
    ///   - query: The query of the connection's request.
    ///   - connectionID: The connection's id.
    /// - Returns: The event.
    public static func webSocketConnect(
        headers: NamedValues = [:],
        query: [String: String] = [:],
        connectionID: String = "test="
    ) -> TestEvent {
        var lists: [String: [String]] = [:]
        for header in headers { lists[header.name, default: []].append(header.value) }
        for (name, value) in handshake where headers[name] == nil { lists[name] = [value] }
        var event: [String: AttributeValue] = [
            "headers": .dictionary(lists.mapValues { .string($0.last ?? "") }),
            "multiValueHeaders": .dictionary(lists.mapValues { .array($0.map { .string($0) }) }),
        ]
        if !query.isEmpty {
            event["queryStringParameters"] = query.json()
            event["multiValueQueryStringParameters"] = query.json { [.string($0)] }
        }
        var identity: [String: AttributeValue] = ["sourceIp": .string(TestValues.sourceIP)]
        if let agent = headers["user-agent"] { identity["userAgent"] = .string(agent) }
        return webSocket(
            "CONNECT",
            route: "$connect",
            connectionID,
            event,
            context: ["identity": .dictionary(identity)]
        )
    }

    /// Makes the event of a client's message to a WebSocket API.
    ///
    /// - Parameters:
    ///   - body: The message.
    ///   - route: The route that the API chose for it.
    ///   - connectionID: The connection's id.
    /// - Returns: The event.
    public static func webSocketMessage(
        _ body: String,
        route: String = "$default",
        connectionID: String = "test="
    ) -> TestEvent {
        webSocket(
            "MESSAGE",
            route: route,
            connectionID,
            ["body": .string(body)],
            context: ["messageId": "test-message="]
        )
    }

    /// Makes the event of the end of a connection to a WebSocket API.
    ///
    /// - Parameter connectionID: The connection's id.
    /// - Returns: The event.
    public static func webSocketDisconnect(connectionID: String = "test=") -> TestEvent {
        let headers: [String: String] = ["Host": domain, "x-api-key": "", "x-restapi": ""]
        return webSocket(
            "DISCONNECT",
            route: "$disconnect",
            connectionID,
            ["headers": headers.json(), "multiValueHeaders": headers.json { [.string($0)] }],
            context: ["disconnectStatusCode": 1_000, "disconnectReason": ""]
        )
    }

    private static var domain: String { "\(TestValues.apiID).execute-api.\(TestValues.region).amazonaws.com" }

    /// The headers of a client and of AWS's front end.
    private static var handshake: [String: String] {
        [
            "Host": domain, "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
            "Sec-WebSocket-Key": "dGVzdHRlc3R0ZXN0dGVzdA==", "Sec-WebSocket-Version": "13",
            "X-Amzn-Trace-Id": TestValues.traceID, "X-Forwarded-For": TestValues.sourceIP, "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        ]
    }

    private static func webSocket(
        _ type: String,
        route: String,
        _ connectionID: String,
        _ members: [String: AttributeValue],
        context: [String: AttributeValue] = [:]
    ) -> TestEvent {
        let common: [String: AttributeValue] = [
            "routeKey": .string(route), "eventType": .string(type), "extendedRequestId": "test=",
            "requestTime": .string(TestValues.logTime), "messageDirection": "IN", "stage": "test",
            "connectedAt": .int(TestValues.milliseconds), "requestTimeEpoch": .int(TestValues.milliseconds),
            "identity": ["userAgent": .string(TestValues.userAgent ?? ""), "sourceIp": .string(TestValues.sourceIP)],
            "requestId": "test=", "domainName": .string(domain), "connectionId": .string(connectionID),
            "apiId": .string(TestValues.apiID),
        ]
        let event: [String: AttributeValue] = [
            "requestContext": .dictionary(common.merging(context) { $1 }), "isBase64Encoded": false,
        ]
        return TestEvent(.dictionary(event.merging(members) { $1 }))
    }
}
