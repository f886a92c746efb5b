public import TracedLambda
internal import WireText

/// An HTTP request of a test event.
public struct TestRequest: Sendable, Hashable {
    /// The method.
    public var method: String
    /// The path, percent-encoded.
    public var path: String
    /// The part after the `?`, percent-encoded.
    public var query: String
    /// The headers.
    public var headers: NamedValues
    /// The body; nil if there is none.
    public var body: [UInt8]?

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path and the query, such as `/pets?limit=2`, percent-encoded.
    ///   - headers: The headers; a name can be repeated.
    ///   - body: The body; nil if there is none.
    public init(_ method: String, _ target: String = "/", headers: NamedValues = [:], body: [UInt8]? = nil) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
    }

    /// Creates a `GET`.
    ///
    /// - Parameters:
    ///   - target: The path and the query, such as `/pets?limit=2`, percent-encoded.
    ///   - headers: The headers.
    /// - Returns: The request.
    public static func get(_ target: String = "/", headers: NamedValues = [:]) -> TestRequest {
        TestRequest("GET", target, headers: headers)
    }

    /// Creates a `POST` with JSON.
    ///
    /// - Parameters:
    ///   - body: The body; its `Content-Type` is `application/json` unless a header names another.
    ///   - target: The path and the query, such as `/pets?limit=2`, percent-encoded.
    ///   - headers: The headers.
    /// - Returns: The request.
    public static func post(_ body: String, to target: String = "/", headers: NamedValues = [:]) -> TestRequest {
        var headers = headers
        if headers["content-type"] == nil { headers.append(name: "content-type", value: "application/json") }
        return TestRequest("POST", target, headers: headers, body: Array(body.utf8))
    }
}

extension TestEvent {
    /// Makes the event of a function URL: payload format 2.0
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func functionURL(_ request: TestRequest) -> TestEvent {
        versionTwo(request, domain: "abcdefgh.lambda-url.\(TestValues.region).on.aws", path: request.path)
    }

    /// Makes the event of an HTTP API of API Gateway: payload format 2.0
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func httpAPI(_ request: TestRequest) -> TestEvent {
        let domain = "abcdefgh.execute-api.\(TestValues.region).amazonaws.com"
        // An HTTP API decodes the path, a function URL does not.
        return versionTwo(
            request,
            domain: domain,
            path: PercentEncoding.decode(Array(request.path.utf8)[...], decodesPlus: false)
        )
    }

    /// Makes the event of a REST API of API Gateway: payload format 1.0
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func restAPI(_ request: TestRequest) -> TestEvent {
        let domain = "abcdefgh.execute-api.\(TestValues.region).amazonaws.com"
        let headers = request.allHeaders(host: domain)
        let query = request.queryItems
        return TestEvent(
            .dictionary([
                "resource": "/{proxy+}", "path": .string(request.path), "httpMethod": .string(request.method),
                "headers": headers.last, "multiValueHeaders": headers.lists,
                "queryStringParameters": query.isEmpty ? .null : query.last,
                "multiValueQueryStringParameters": query.isEmpty ? .null : query.lists,
                "pathParameters": ["proxy": .string(String(request.path.drop { $0 == "/" }))], "stageVariables": nil,
                "requestContext": .dictionary([
                    "accountId": .string(TestValues.account), "apiId": "abcdefgh", "domainName": .string(domain),
                    "domainPrefix": "abcdefgh", "extendedRequestId": "test=", "httpMethod": .string(request.method),
                    "identity": [
                        "accessKey": nil, "accountId": nil, "caller": nil, "cognitoAuthenticationProvider": nil,
                        "cognitoAuthenticationType": nil, "cognitoIdentityId": nil, "cognitoIdentityPoolId": nil,
                        "principalOrgId": nil, "sourceIp": .string(TestValues.sourceIP), "user": nil,
                        "userAgent": .string(request.userAgent), "userArn": nil,
                    ],
                    "path": .string("/test\(request.path)"), "protocol": "HTTP/1.1",
                    "requestId": .string(TestValues.id(1)), "requestTime": .string(TestValues.logTime),
                    "requestTimeEpoch": .int(TestValues.milliseconds), "resourceId": "abc123",
                    "resourcePath": "/{proxy+}", "stage": "test",
                ]),
                "body": request.text.map(AttributeValue.string) ?? .null,
                "isBase64Encoded": .bool(request.isBase64),
            ])
        )
    }

    /// Makes the event of an Application Load Balancer
    /// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer).
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - multiValueHeaders: True if the target group has multi-value headers enabled.
    /// - Returns: The event.
    public static func loadBalancer(_ request: TestRequest, multiValueHeaders: Bool = false) -> TestEvent {
        let headers = request.allHeaders(host: "test.\(TestValues.region).elb.amazonaws.com")
        let query = TestPairs(request.encodedQueryItems)
        let group = TestValues.arn("elasticloadbalancing", "targetgroup/test/0123456789abcdef")
        var event: [String: AttributeValue] = [
            "requestContext": ["elb": ["targetGroupArn": .string(group)]], "httpMethod": .string(request.method),
            "path": .string(request.path), "body": .string(request.text ?? ""),
            "isBase64Encoded": .bool(request.isBase64),
        ]
        event[multiValueHeaders ? "multiValueHeaders" : "headers"] = multiValueHeaders ? headers.lists : headers.last
        event[multiValueHeaders ? "multiValueQueryStringParameters" : "queryStringParameters"] =
            multiValueHeaders ? query.lists : query.last
        return TestEvent(.dictionary(event))
    }

    /// Makes the event of a service of VPC Lattice: version 2
    /// (https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html#receive-event-from-service).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func lattice(_ request: TestRequest) -> TestEvent {
        let arn = TestValues.arn("vpc-lattice", "")
        let query = request.queryItems
        var event: [String: AttributeValue] = [
            "version": "2.0", "path": .string(request.path), "method": .string(request.method),
            "headers": request.allHeaders(host: "test.vpc-lattice-svcs.\(TestValues.region).on.aws").lists,
            "isBase64Encoded": .bool(request.isBase64),
            "requestContext": [
                "serviceNetworkArn": .string("\(arn)servicenetwork/sn-0123456789abcdef0"),
                "serviceArn": .string("\(arn)service/svc-0123456789abcdef0"),
                "targetGroupArn": .string("\(arn)targetgroup/tg-0123456789abcdef0"),
                "region": .string(TestValues.region), "timeEpoch": .string("\(TestValues.milliseconds)000"),
            ],
        ]
        if !query.isEmpty { event["queryStringParameters"] = query.lists }
        if let body = request.text { event["body"] = .string(body) }
        return TestEvent(.dictionary(event))
    }

    private static func versionTwo(_ request: TestRequest, domain: String, path: String) -> TestEvent {
        let cookies = request.headers.values(of: "cookie").flatMap { $0.split(separator: ";") }
        let query = request.queryItems
        var event: [String: AttributeValue] = [
            "version": "2.0", "routeKey": "$default", "rawPath": .string(path),
            "rawQueryString": .string(request.query),
            "headers": request.allHeaders(host: domain).joined(omitting: "cookie"),
            "requestContext": .dictionary([
                "accountId": .string(TestValues.account), "apiId": "abcdefgh", "domainName": .string(domain),
                "domainPrefix": "abcdefgh",
                "http": [
                    "method": .string(request.method), "path": .string(path), "protocol": "HTTP/1.1",
                    "sourceIp": .string(TestValues.sourceIP), "userAgent": .string(request.userAgent),
                ],
                "requestId": .string(TestValues.id(1)), "routeKey": "$default", "stage": "$default",
                "time": .string(TestValues.logTime), "timeEpoch": .int(TestValues.milliseconds),
            ]),
            "isBase64Encoded": .bool(request.isBase64),
        ]
        if !cookies.isEmpty {
            event["cookies"] = .array(cookies.map { .string(String($0).trimmingSpace()) })
        }
        if !query.isEmpty { event["queryStringParameters"] = query.joined() }
        if let body = request.text { event["body"] = .string(body) }
        return TestEvent(.dictionary(event))
    }
}

extension TestRequest {
    fileprivate var userAgent: String { headers["user-agent"] ?? TestValues.userAgent }

    /// The body's text, in base64 if it is not UTF-8.
    fileprivate var text: String? {
        body.map { String(validating: $0, as: UTF8.self) ?? Base64.encode($0) }
    }

    fileprivate var isBase64: Bool { body.map { String(validating: $0, as: UTF8.self) == nil } ?? false }

    fileprivate var encodedQueryItems: [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    fileprivate var queryItems: TestPairs {
        func decoded(_ text: String) -> String {
            PercentEncoding.decode(Array(text.utf8)[...], decodesPlus: true)
        }
        return TestPairs(encodedQueryItems.map { (decoded($0.name), decoded($0.value)) })
    }

    /// The headers, and those that AWS's front ends add.
    fileprivate func allHeaders(host: String) -> TestPairs {
        let given = headers.map { (name: $0.name.lowercased(), value: $0.value) }
        var added: [(name: String, value: String)] = [
            ("host", host), ("user-agent", TestValues.userAgent), ("x-forwarded-for", TestValues.sourceIP),
            ("x-forwarded-port", "443"), ("x-forwarded-proto", "https"),
        ]
        if let body { added.append(("content-length", String(body.count))) }
        return TestPairs(given + added.filter { headers[$0.name] == nil })
    }
}

/// Names with values, in the forms that events have.
private struct TestPairs {
    private let pairs: [(name: String, value: String)]

    init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

    var isEmpty: Bool { pairs.isEmpty }

    private var grouped: [String: [String]] {
        pairs.reduce(into: [:]) { $0[$1.name, default: []].append($1.value) }
    }

    var lists: AttributeValue { .dictionary(grouped.mapValues { .array($0.map { .string($0) }) }) }
    var last: AttributeValue { .dictionary(grouped.mapValues { .string($0.last ?? "") }) }

    func joined(omitting name: String? = nil) -> AttributeValue {
        .dictionary(grouped.filter { $0.key != name }.mapValues { .string($0.joined(separator: ",")) })
    }
}
