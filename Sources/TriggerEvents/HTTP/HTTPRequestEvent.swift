public import FoundationEssentials

/// An HTTP request, whichever way it came to the function: API Gateway's REST and HTTP APIs, a function URL, or an Application
/// Load Balancer.
///
/// ```swift
/// func handle(_ request: HTTPRequestEvent, context: InvocationContext) async throws -> HTTPReply {
///     let question = try request.decode(Question.self)
///     return try request.reply(json: answer(question))
/// }
/// ```
///
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html)
public struct HTTPRequestEvent: Sendable {
    /// What sent the request, and therefore what the reply looks like.
    public enum Source: Sendable, Hashable {
        /// API Gateway with payload format 1.0: REST APIs, and HTTP APIs that are set so.
        case restAPI
        /// An HTTP API of API Gateway with payload format 2.0.
        case httpAPI
        /// A function URL.
        case functionURL
        /// An Application Load Balancer, whose target group has multi-value headers on or off.
        case loadBalancer(multiValueHeaders: Bool)
    }

    /// What sent the request.
    public let source: Source
    /// `GET` and others, as it came.
    public let method: String
    /// The path as the source gives it; version 2's holds the stage, unless that is `$default`.
    public let path: String
    /// What stood behind the `?`, still encoded.
    ///
    /// Version 1 and load balancers give the items alone; there it is put together of them, in the order of their names.
    public let rawQuery: String
    /// The query's items, decoded.
    public let query: NamedValues
    /// The headers; version 2 and load balancers without multi-value headers give several values as one, joined by commas.
    public let headers: NamedValues
    /// The cookies as the client wrote them.
    public let cookies: NamedValues
    /// The body's bytes; empty when there is none.
    public let body: [UInt8]
    /// What stands in the path in place of the route's variables.
    public let pathParameters: [String: String]
    /// The API's stage; nil from a load balancer.
    public let stage: String?
    /// The route as configured: `/pets/{id}`, in version 2 with its method before it, `GET /pets/{id}`; nil from a load balancer.
    public let route: String?
    /// The client's address; a load balancer's is the last one of `X-Forwarded-For`, which the balancer itself has put there.
    public let sourceIP: String?
    /// Who the caller is; nil when nobody asked.
    public let caller: CallerIdentity?

    /// The body as text; nil when it is not UTF-8.
    public var text: String? { String(validating: body, as: UTF8.self) }

    /// Decodes a JSON body.
    ///
    /// - Parameters:
    ///   - type: What it is.
    ///   - decoder: For dates and keys that are written in another way.
    /// - Returns: The value.
    /// - Throws: `DecodingError` when the body is not of the type.
    public func decode<Value: Decodable>(
        _ type: Value.Type = Value.self,
        using decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        try decoder.decode(type, from: Data(body))
    }
}
