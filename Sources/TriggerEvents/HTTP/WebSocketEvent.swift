public import PlatformFoundation
internal import SessionTracing

/// An event of a WebSocket API of API Gateway: a client connects, sends a message or disconnects
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html).
///
/// ```swift
/// func handle(_ event: WebSocketEvent, context: InvocationContext) async throws -> HTTPReply {
///     guard event.kind == .message else { return try event.reply() }
///     return try event.reply(json: answer(event.decode(Question.self)))
/// }
/// ```
public struct WebSocketEvent: Sendable {
    /// The kind of event.
    public enum Kind: String, Sendable, Hashable, Decodable {
        /// A client connects: the event has its headers and its query, and a reply with a status other than 2xx refuses it.
        case connect = "CONNECT"
        /// A client sends a message: the event has its body, and no headers.
        case message = "MESSAGE"
        /// The connection has ended.
        case disconnect = "DISCONNECT"
    }

    /// The kind of event.
    public let kind: Kind
    /// The connection's id: the same in all events of a connection.
    public let connectionID: String
    /// The route: `$connect`, `$disconnect`, `$default` or one of the API's own.
    public let routeKey: String
    /// The id of the message or the request; nil if the event has none.
    public let messageID: String?
    /// The API's domain, for messages to the client: `https://DOMAIN/STAGE/@connections/CONNECTION`.
    public let domainName: String?
    /// The API's stage.
    public let stage: String?
    /// The API's id.
    public let apiID: String?
    /// The time at which the client connected.
    public let connectedAt: Date?
    /// The client's address.
    public let sourceIP: String?
    /// The headers of the connection's request; empty for a message.
    public let headers: NamedValues
    /// The decoded query of the connection's request; empty for a message.
    public let query: NamedValues
    /// The message's bytes; empty if there is none.
    public let body: [UInt8]
    /// The verified caller, as the authorizer of `$connect` named it; nil if the caller was not verified.
    public let caller: CallerIdentity?
    /// The code with which the connection was closed, such as 1001; nil if the event has none
    /// (https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1).
    public let disconnectStatus: Int?
    /// The reason with which the connection was closed; nil if the event has none.
    public let disconnectReason: String?

    /// The message as a string; nil if it is not UTF-8.
    public var text: String? { String(validating: body, as: UTF8.self) }

    /// Decodes a JSON message.
    ///
    /// - Parameter type: The type of the value.
    /// - Returns: The value.
    /// - Throws: `DecodingError` if the message does not match the type.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder.decode(type, fromText: body)
    }

    /// Creates a reply: the answer to `$connect`, or the message to the client if the route has a route response.
    ///
    /// - Parameters:
    ///   - status: The status, 100 to 599.
    ///   - text: The message.
    ///   - headers: The headers, such as `Sec-WebSocket-Protocol` for `$connect`.
    /// - Returns: The reply.
    /// - Throws: ``HTTPReplyError`` if the status or a header is invalid.
    public func reply(status: Int = 200, text: String = "", headers: NamedValues = [:]) throws -> HTTPReply {
        try HTTPReply(status, headers, [], Array(text.utf8), .single(hasStatusDescription: false))
    }

    /// Creates a reply with a JSON message.
    ///
    /// - Parameters:
    ///   - status: The status, 100 to 599.
    ///   - value: The message.
    ///   - encoder: The encoder of the message.
    /// - Returns: The reply.
    /// - Throws: `EncodingError`; ``HTTPReplyError`` if the status is invalid.
    public func reply(
        status: Int = 200,
        json value: some Encodable,
        using encoder: JSONEncoder = JSONEncoder()
    ) throws -> HTTPReply {
        try HTTPReply(status, [:], [], Array(encoder.encode(value)), .single(hasStatusDescription: false))
    }
}

extension WebSocketEvent: Decodable {
    private enum Key: String, CodingKey {
        case requestContext, headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters
        case body, isBase64Encoded
    }

    private enum ContextKey: String, CodingKey {
        case eventType, routeKey, stage, domainName, connectedAt, disconnectStatusCode, disconnectReason
        case authorizer, identity
        case connectionID = "connectionId"
        case messageID = "messageId"
        case apiID = "apiId"
    }

    /// Decodes an event.
    ///
    /// The kind is the `eventType`, or without one that of the route.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if the context or the connection's id is missing, or a field is
    ///   invalid.
    public init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Key.self)
        let context = try event.nestedContainer(keyedBy: ContextKey.self, forKey: .requestContext)
        connectionID = try context.decode(String.self, forKey: .connectionID)
        let kind = try context.decodeIfPresent(Kind.self, forKey: .eventType)
        let route = try context.decodeIfPresent(String.self, forKey: .routeKey)
        self.kind = kind ?? Self.kind(ofRoute: route)
        routeKey = route ?? "$default"
        messageID = try context.decodeTextIfPresent(forKey: .messageID)
        domainName = try context.decodeIfPresent(String.self, forKey: .domainName)
        stage = try context.decodeTextIfPresent(forKey: .stage)
        apiID = try context.decodeTextIfPresent(forKey: .apiID)
        let milliseconds = try context.decodeIfPresent(Double.self, forKey: .connectedAt)
        connectedAt = milliseconds.map { Date(timeIntervalSince1970: $0 / 1_000) }
        let identity = try context.decodeIfPresent([String: ClaimValue].self, forKey: .identity) ?? [:]
        let authorizer = try context.decodeIfPresent([String: ClaimValue].self, forKey: .authorizer) ?? [:]
        sourceIP = identity["sourceIp"]?.text
        caller = CallerIdentity(authorizer: authorizer, identity: identity)
        disconnectStatus = try context.decodeTextIfPresent(forKey: .disconnectStatusCode).flatMap { Int($0) }
        disconnectReason = try context.decodeTextIfPresent(forKey: .disconnectReason)
        headers = try event.decodeFields(.headers, .multiValueHeaders, ignoresCase: true)
        query = try event.decodeFields(.queryStringParameters, .multiValueQueryStringParameters, ignoresCase: false)
        body = try event.decodeBody(.body, .isBase64Encoded)
    }

    private static func kind(ofRoute route: String?) -> Kind {
        switch route {
        case "$connect": .connect
        case "$disconnect": .disconnect
        default: .message
        }
    }
}
