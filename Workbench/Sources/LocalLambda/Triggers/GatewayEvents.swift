package import OTLP

/// Builds the events of HTTP front ends: function URLs, API Gateway and Application Load Balancers.
package enum GatewayEvents {
    /// Builds the event of a function URL or of an API Gateway HTTP API: payload version 2.0
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - host: The host that the request was sent to.
    ///   - metadata: The event's time and id.
    /// - Returns: The event.
    package static func version2(_ call: HTTPCall, host: String, _ metadata: EventMetadata) -> JSONValue {
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
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - metadata: The event's time and id.
    /// - Returns: The event.
    package static func version1(_ call: HTTPCall, _ metadata: EventMetadata) -> JSONValue {
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
    ///
    /// - Parameter call: The request.
    /// - Returns: The event.
    package static func loadBalancer(_ call: HTTPCall) -> JSONValue {
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
        let body = call.body.map { EventBody($0, contentType: call.header("content-type")) }
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
