public import PlatformFoundation
internal import SessionTracing

/// An HTTP request from any source: API Gateway's REST and HTTP APIs, a function URL, an Application Load Balancer, or
/// VPC Lattice.
///
/// ```swift
/// func handle(_ request: HTTPRequestEvent, context: InvocationContext) async throws -> HTTPReply {
///     let question = try request.decode(Question.self)
///     return try request.reply(json: answer(question))
/// }
/// ```
///
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html,
/// https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html)
public struct HTTPRequestEvent: Sendable {
    /// The source of a request, which determines the form of the reply.
    public enum Source: Sendable, Hashable {
        /// API Gateway with payload format 1.0: REST APIs, and HTTP APIs configured for it.
        case restAPI
        /// An HTTP API of API Gateway with payload format 2.0.
        case httpAPI
        /// A function URL.
        case functionURL
        /// An Application Load Balancer; the value is true if its target group has multi-value headers enabled.
        case loadBalancer(multiValueHeaders: Bool)
        /// A service of VPC Lattice, in either version of its events.
        case lattice
    }

    /// The source of the request.
    public let source: Source
    /// The method, such as `GET`, as received.
    public let method: String
    /// The path as given by the source; in version 2 it includes the stage, unless that is `$default`.
    public let path: String
    /// The part of the URL after the `?`, percent-encoded.
    ///
    /// Version 1, load balancers and VPC Lattice provide only the items; the query is then rebuilt from them, sorted by
    /// name.
    public let rawQuery: String
    /// The query's decoded items.
    public let query: NamedValues
    /// The headers; version 2 and load balancers without multi-value headers join repeated values with commas.
    public let headers: NamedValues
    /// The cookies as sent by the client.
    public let cookies: NamedValues
    /// The body's bytes; empty if there is none.
    public let body: [UInt8]
    /// The values of the route's path variables.
    public let pathParameters: [String: String]
    /// The API's stage; nil for a load balancer and VPC Lattice.
    public let stage: String?
    /// The configured route: `/pets/{id}`, in version 2 with the method, `GET /pets/{id}`; nil for a load balancer and
    /// VPC Lattice.
    public let route: String?
    /// The client's address; for a load balancer and VPC Lattice, the last one of `X-Forwarded-For`, which they add
    /// themselves.
    public let sourceIP: String?
    /// The verified caller; nil if the caller was not verified.
    public let caller: CallerIdentity?

    /// The body as a string; nil if it is not UTF-8.
    public var text: String? { String(validating: body, as: UTF8.self) }

    /// Decodes a JSON body.
    ///
    /// Lone surrogates and bytes that are not UTF-8 become U+FFFD. An `AttributeValue` in it has exact numbers, as in
    /// the event.
    ///
    /// - Parameter type: The type of the value.
    /// - Returns: The value.
    /// - Throws: `DecodingError` if the body does not match the type.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder.decode(type, fromText: body)
    }

    /// Decodes a JSON body with a decoder of your own.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - decoder: The decoder of the body.
    /// - Returns: The value.
    /// - Throws: `DecodingError` if the body does not match the type.
    public func decode<Value: Decodable>(
        _ type: Value.Type = Value.self,
        using decoder: JSONDecoder
    ) throws -> Value {
        try decoder.decode(type, fromText: body)
    }
}
