import FoundationEssentials
import HTTPTypes
import Hummingbird
import OTLP

/// Builds the events of HTTP front ends: function URLs, API Gateway and Application Load Balancers.
enum GatewayEvents {
    /// Builds the event of a function URL or of an API Gateway HTTP API: payload version 2.0
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
    static func version2(_ call: HTTPCall, host: String, _ metadata: EventMetadata) -> JSONValue {
        var event: JSONObject = [
            "version": "2.0", "routeKey": "$default", "rawPath": .string(PercentText.decoded(call.path)),
            "rawQueryString": .string(call.query),
        ]
        let cookies = call.headers.filter { $0.name == "cookie" }.flatMap { $0.value.split(separator: ";") }
        if !cookies.isEmpty {
            event["cookies"] = .array(cookies.map { .string(String($0.drop(while: \.isWhitespace))) })
        }
        event["headers"] = object(call.joinedHeaders(omitting: ["cookie"]))
        let query = HTTPCall.joined(call.queryItems, separator: ",")
        if !query.isEmpty { event["queryStringParameters"] = object(query) }
        event["requestContext"] = [
            "accountId": .string(EventMetadata.account), "apiId": "local", "domainName": .string(host),
            "domainPrefix": .string(String(host.split(separator: ".").first ?? "local")),
            "http": [
                "method": .string(call.method), "path": .string(PercentText.decoded(call.path)), "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": .string(call.header("user-agent") ?? ""),
            ],
            "requestId": .string(metadata.id), "routeKey": "$default", "stage": "$default",
            "time": .string(metadata.logTime), "timeEpoch": .number(JSONNumber(metadata.epochMilliseconds)),
        ]
        addBody(of: call, to: &event)
        return .object(event)
    }

    /// Builds the event of an API Gateway REST API: payload version 1.0
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
    static func version1(_ call: HTTPCall, _ metadata: EventMetadata) -> JSONValue {
        var event: JSONObject = [
            "resource": "/{proxy+}", "path": .string(PercentText.decoded(call.path)),
            "httpMethod": .string(call.method),
        ]
        event["headers"] = object(call.headers.map { ($0.name, $0.value) })
        event["multiValueHeaders"] = lists(call.headers.map { ($0.name, $0.value) })
        event["queryStringParameters"] = call.queryItems.isEmpty ? .null : object(call.queryItems)
        event["multiValueQueryStringParameters"] = call.queryItems.isEmpty ? .null : lists(call.queryItems)
        event["pathParameters"] = ["proxy": .string(String(call.path.drop { $0 == "/" }))]
        event["stageVariables"] = .null
        event["requestContext"] = [
            "accountId": .string(EventMetadata.account), "apiId": "local", "domainName": "localhost",
            "domainPrefix": "local", "httpMethod": .string(call.method),
            "identity": ["sourceIp": "127.0.0.1", "userAgent": .string(call.header("user-agent") ?? "")],
            "path": .string(call.path), "protocol": "HTTP/1.1", "requestId": .string(metadata.id),
            "requestTime": .string(metadata.logTime),
            "requestTimeEpoch": .number(JSONNumber(metadata.epochMilliseconds)), "resourceId": "local",
            "resourcePath": "/{proxy+}", "stage": "local",
        ]
        addBody(of: call, to: &event)
        return .object(event)
    }

    /// Builds the event of an Application Load Balancer
    /// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer).
    static func loadBalancer(_ call: HTTPCall) -> JSONValue {
        let group = "arn:aws:elasticloadbalancing:us-east-1:\(EventMetadata.account):targetgroup/local/0000000000000000"
        var event: JSONObject = [
            "requestContext": ["elb": ["targetGroupArn": .string(group)]], "httpMethod": .string(call.method),
            "path": .string(call.path), "queryStringParameters": object(call.queryItems),
            "headers": object(call.headers.map { ($0.name, $0.value) }),
        ]
        addBody(of: call, to: &event)
        if event["body"] == nil { event["body"] = "" }
        return .object(event)
    }

    private static func addBody(of call: HTTPCall, to event: inout JSONObject) {
        let body = call.eventBody
        if let body { event["body"] = .string(body.text) }
        event["isBase64Encoded"] = .bool(body?.isBase64Encoded ?? false)
    }

    /// An object with the last value of each name.
    private static func object(_ pairs: [(name: String, value: String)]) -> JSONValue {
        .object(pairs.reduce(into: JSONObject()) { $0[$1.name] = .string($1.value) })
    }

    private static func lists(_ pairs: [(name: String, value: String)]) -> JSONValue {
        .object(
            pairs.reduce(into: JSONObject()) { object, pair in
                object[pair.name] = .array((object[pair.name]?.array ?? []) + [.string(pair.value)])
            }
        )
    }
}

/// An HTTP request, from which the events of gateways are built.
struct HTTPCall: Sendable, Hashable {
    var method: String
    /// The path, still percent-encoded.
    var path: String
    /// The query without its `?`, still percent-encoded.
    var query: String
    /// The headers, in order; a name can occur several times.
    var headers: [Header]
    /// The body; `nil` when there is none.
    var body: [UInt8]?

    /// A header.
    struct Header: Sendable, Hashable {
        /// The name, in lower case.
        let name: String
        /// The value.
        let value: String

        /// Creates a header.
        ///
        /// `name`: The name, in any case.
        init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// Finds the first header of a name.
    ///
    /// - Parameter name: The name, in lower case.
    /// - Returns: The value; `nil` when no header has the name.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The names and values of the query, decoded, in order.
    var queryItems: [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (
                PercentText.decoded(parts[0], plusIsSpace: true), PercentText.decoded(value, plusIsSpace: true)
            )
        }
    }

    /// Joins the values of each header name with commas.
    ///
    /// - Returns: The names, in lower case and in order, with their values.
    func joinedHeaders(omitting omitted: Set<String> = []) -> [(name: String, value: String)] {
        Self.joined(headers.filter { !omitted.contains($0.name) }.map { ($0.name, $0.value) }, separator: ",")
    }

    /// Joins the values of each name.
    static func joined(
        _ pairs: [(name: String, value: String)],
        separator: String
    ) -> [(name: String, value: String)] {
        var order: [String] = []
        var values: [String: String] = [:]
        for (name, value) in pairs {
            if let known = values[name] {
                values[name] = known + separator + value
            } else {
                order.append(name)
                values[name] = value
            }
        }
        return order.map { ($0, values[$0] ?? "") }
    }
}

extension HTTPCall {
    /// Converts a server request.
    ///
    /// `target`: The path and query, without the part that names the function.
    init(_ request: Request, target: Substring, body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let host = request.head.authority.map { [Header("host", $0)] } ?? []
        let given = request.headers.map { Header($0.name.canonicalName, $0.value) }
        // The headers that Lambda's front end adds.
        let added = [Header("x-forwarded-for", "127.0.0.1"), Header("x-forwarded-proto", "http")]
        self.init(
            method: request.method.rawValue,
            path: parts[0].isEmpty ? "/" : String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "",
            headers: host + given + added,
            body: body.isEmpty ? nil : body
        )
    }
}

extension HTTPCall {
    /// Content types of text besides `text/…`.
    private static let textTypes = [
        "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded",
        "application/graphql",
    ]

    /// The body in an event: text unchanged, binary data in base64; `nil` when there is none.
    fileprivate var eventBody: (text: String, isBase64Encoded: Bool)? {
        body.map { body in
            if isText, let text = String(validating: body, as: UTF8.self) { return (text, false) }
            return (Data(body).base64EncodedString(), true)
        }
    }

    /// True for a content type of text, and without one.
    private var isText: Bool {
        guard let contentType = header("content-type") else { return true }
        let type = contentType.split(separator: ";").first.map { $0.lowercased() } ?? ""
        return type.hasPrefix("text/") || Self.textTypes.contains(type) || type.hasSuffix("+json")
            || type.hasSuffix("+xml")
    }
}
