internal import SessionTracing
public import TriggerEvents
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
        versionTwo(
            request,
            domain: "\(TestValues.apiID).lambda-url.\(TestValues.region).on.aws",
            path: request.path,
            // A URL whose callers need no signature.
            account: "anonymous"
        )
    }

    /// Makes the event of an HTTP API of API Gateway: payload format 2.0
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func httpAPI(_ request: TestRequest) -> TestEvent {
        let domain = "\(TestValues.apiID).execute-api.\(TestValues.region).amazonaws.com"
        // An HTTP API decodes the path, a function URL does not.
        return versionTwo(
            request,
            domain: domain,
            path: PercentEncoding.decode(Array(request.path.utf8)[...], decodesPlus: false),
            account: TestValues.account
        )
    }

    /// Makes the event of a REST API of API Gateway: payload format 1.0
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
    ///
    /// - Parameter request: The request.
    /// - Returns: The event.
    public static func restAPI(_ request: TestRequest) -> TestEvent {
        let domain = "\(TestValues.apiID).execute-api.\(TestValues.region).amazonaws.com"
        // The only source that keeps the spelling of names, and whose bodies are text unless the API has binary types.
        let headers = request.allHeaders(host: domain, keepsSpelling: true)
        let query = request.queryItems
        let body = request.body(isTextOfAnyType: true)
        return TestEvent(
            .dictionary([
                "resource": "/{proxy+}", "path": .string(request.path), "httpMethod": .string(request.method),
                "headers": headers.last, "multiValueHeaders": headers.lists,
                "queryStringParameters": query.isEmpty ? .null : query.last,
                "multiValueQueryStringParameters": query.isEmpty ? .null : query.lists,
                "pathParameters": ["proxy": .string(String(request.path.drop { $0 == "/" }))], "stageVariables": nil,
                "requestContext": .dictionary([
                    "accountId": .string(TestValues.account), "apiId": .string(TestValues.apiID),
                    "domainName": .string(domain),
                    "domainPrefix": .string(TestValues.apiID), "extendedRequestId": "test=",
                    "httpMethod": .string(request.method),
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
                "body": body.map { .string($0.text) } ?? .null,
                "isBase64Encoded": .bool(body?.isBase64 ?? false),
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
        let body = request.body()
        var event: [String: AttributeValue] = [
            "requestContext": ["elb": ["targetGroupArn": .string(group)]], "httpMethod": .string(request.method),
            "path": .string(request.path), "body": .string(body?.text ?? ""),
            "isBase64Encoded": .bool(body?.isBase64 ?? false),
        ]
        event[multiValueHeaders ? "multiValueHeaders" : "headers"] = multiValueHeaders ? headers.lists : headers.last
        event[multiValueHeaders ? "multiValueQueryStringParameters" : "queryStringParameters"] =
            multiValueHeaders ? query.lists : query.last
        return TestEvent(.dictionary(event))
    }

    /// Makes the event of a service of VPC Lattice
    /// (https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html#receive-event-from-service).
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - version: The version of the event's structure, 1 or 2.
    /// - Returns: The event.
    public static func lattice(_ request: TestRequest, version: Int = 2) -> TestEvent {
        let headers = request.allHeaders(host: "test.vpc-lattice-svcs.\(TestValues.region).on.aws")
        let query = request.queryItems
        let body = request.body()
        guard version > 1 else {
            var event: [String: AttributeValue] = [
                "raw_path": .string(request.path), "method": .string(request.method), "headers": headers.joined(),
                "query_string_parameters": query.joined(), "is_base64_encoded": .bool(body?.isBase64 ?? false),
            ]
            if let body { event["body"] = .string(body.text) }
            return TestEvent(.dictionary(event))
        }
        let arn = TestValues.arn("vpc-lattice", "")
        var event: [String: AttributeValue] = [
            "version": "2.0", "path": .string(request.path), "method": .string(request.method),
            "headers": headers.lists, "isBase64Encoded": .bool(body?.isBase64 ?? false),
            "requestContext": [
                "serviceNetworkArn": .string("\(arn)servicenetwork/sn-0123456789abcdef0"),
                "serviceArn": .string("\(arn)service/svc-0123456789abcdef0"),
                "targetGroupArn": .string("\(arn)targetgroup/tg-0123456789abcdef0"),
                "identity": ["sourceVpcArn": .string(TestValues.arn("ec2", "vpc/vpc-0123456789abcdef0"))],
                "region": .string(TestValues.region), "timeEpoch": .string("\(TestValues.milliseconds)000"),
            ],
        ]
        if !query.isEmpty { event["queryStringParameters"] = query.lists }
        if let body { event["body"] = .string(body.text) }
        return TestEvent(.dictionary(event))
    }

    private static func versionTwo(
        _ request: TestRequest,
        domain: String,
        path: String,
        account: String
    ) -> TestEvent {
        let cookies = request.headers.values(of: "cookie").flatMap { $0.split(separator: ";") }
        let query = request.queryItems
        let body = request.body(isTextWithoutType: false)
        var event: [String: AttributeValue] = [
            "version": "2.0", "routeKey": "$default", "rawPath": .string(path),
            "rawQueryString": .string(request.query),
            "headers": request.allHeaders(host: domain).joined(omitting: "cookie"),
            "requestContext": .dictionary([
                "accountId": .string(account), "apiId": .string(TestValues.apiID), "domainName": .string(domain),
                "domainPrefix": .string(TestValues.apiID),
                "http": [
                    "method": .string(request.method), "path": .string(path), "protocol": "HTTP/1.1",
                    "sourceIp": .string(TestValues.sourceIP), "userAgent": .string(request.userAgent),
                ],
                "requestId": .string(TestValues.id(1)), "routeKey": "$default", "stage": "$default",
                "time": .string(TestValues.logTime), "timeEpoch": .int(TestValues.milliseconds),
            ]),
            "isBase64Encoded": .bool(body?.isBase64 ?? false),
        ]
        if !cookies.isEmpty {
            event["cookies"] = .array(cookies.map { .string(String($0).trimmingSpace()) })
        }
        if !query.isEmpty { event["queryStringParameters"] = query.joined() }
        if let body { event["body"] = .string(body.text) }
        return TestEvent(.dictionary(event))
    }
}

extension TestRequest {
    fileprivate var userAgent: String { headers["user-agent"] ?? TestValues.userAgent ?? "" }

    /// Content types of text besides `text/…`
    /// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer).
    private static let textTypes = ["application/json", "application/javascript", "application/xml"]

    /// The body: text of a type of text as it is, all others, such as those of forms, in base64.
    ///
    /// - Parameters:
    ///   - isTextOfAnyType: True if the content type does not count.
    ///   - isTextWithoutType: True if a body without a content type is text.
    /// - Returns: The text, and true if it is base64; nil without a body.
    fileprivate func body(
        isTextOfAnyType: Bool = false,
        isTextWithoutType: Bool = true
    ) -> (text: String, isBase64: Bool)? {
        body.map { body in
            let isText = isTextOfAnyType || isText(withoutType: isTextWithoutType)
            if isText, let text = String(validating: body, as: UTF8.self) { return (text, false) }
            return (Base64.encode(body), true)
        }
    }

    /// Returns true for a content type of text.
    private func isText(withoutType isDefault: Bool) -> Bool {
        guard headers["content-encoding"] == nil else { return false }
        guard let type = headers["content-type"]?.lowercased().split(separator: ";").first else { return isDefault }
        let name = String(type).trimmingSpace()
        return name.hasPrefix("text/") || Self.textTypes.contains(name) || name.hasSuffix("+json")
            || name.hasSuffix("+xml")
    }

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
    fileprivate func allHeaders(host: String, keepsSpelling: Bool = false) -> TestPairs {
        var added: [(name: String, value: String)] = [
            ("Host", host), ("X-Amzn-Trace-Id", TestValues.traceID), ("X-Forwarded-For", TestValues.sourceIP),
            ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https"),
        ]
        if let agent = TestValues.userAgent { added.append(("User-Agent", agent)) }
        if let body { added.append(("Content-Length", String(body.count))) }
        let all = headers.map { ($0.name, $0.value) } + added.filter { headers[$0.name] == nil }
        return TestPairs(keepsSpelling ? all : all.map { ($0.0.lowercased(), $0.1) })
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
