internal import WireText

extension HTTPRequestEvent: Decodable {
    private enum Key: String, CodingKey {
        case httpMethod, method, path, rawPath, resource, routeKey, rawQueryString, queryStringParameters
        case multiValueQueryStringParameters, headers, multiValueHeaders, cookies, body, isBase64Encoded, pathParameters
        case requestContext
        // The names of VPC Lattice's version 1.
        case latticePath = "raw_path"
        case latticeQuery = "query_string_parameters"
        case isLatticeBase64 = "is_base64_encoded"
    }

    private struct RequestContext: Decodable {
        struct HTTP: Decodable {
            let method: String
            let path: String?
            let sourceIp: String?
        }

        let http: HTTP?
        let elb: ClaimValue?
        let serviceNetworkArn: String?
        let targetGroupArn: String?
        let stage: String?
        let domainName: String?
        let authorizer: [String: ClaimValue]?
        let identity: [String: ClaimValue]?
    }

    /// Decodes a request in the form of any source.
    ///
    /// A value that the event has in two forms is read from the one that has it. Numbers and Boolean values in the place
    /// of texts are their text.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if `requestContext` or the method is missing, or a body marked
    ///   as base64 is not valid base64.
    public init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Key.self)
        if event.contains(.latticePath) {
            try self.init(latticeVersionOne: event)
            return
        }
        let context = try event.decode(RequestContext.self, forKey: .requestContext)
        if let http = context.http {
            try self.init(event, context, http)
        } else if context.serviceNetworkArn != nil || context.targetGroupArn != nil && event.contains(.method) {
            try self.init(latticeVersionTwo: event, context)
        } else {
            try self.init(versionOne: event, context)
        }
    }

    private typealias Container = KeyedDecodingContainer<Key>

    /// Reads payload format 2.0 of API Gateway and function URLs.
    private init(_ event: Container, _ context: RequestContext, _ http: RequestContext.HTTP) throws {
        let list = try event.decodeIfPresent([String].self, forKey: .cookies) ?? []
        let items = try event.decodeFields(
            .queryStringParameters,
            .multiValueQueryStringParameters,
            ignoresCase: false
        )
        let raw = try event.decodeIfPresent(String.self, forKey: .rawQueryString) ?? ""
        try self.init(
            event,
            source: context.domainName?.contains(".lambda-url.") == true ? .functionURL : .httpAPI,
            method: http.method,
            path: event.decodeIfPresent(String.self, forKey: .rawPath) ?? http.path
                ?? event.decodeIfPresent(String.self, forKey: .path) ?? "/",
            query: raw.isEmpty ? (Self.rawQuery(items), items) : (raw, Self.query(raw)),
            route: event.decodeIfPresent(String.self, forKey: .routeKey),
            context,
            cookieLines: list,
            sourceIP: http.sourceIp
        )
    }

    /// Reads payload format 1.0 of API Gateway, and a load balancer's.
    private init(versionOne event: Container, _ context: RequestContext) throws {
        let isLoadBalancer = context.elb != nil
        let lists = try event.decodeIfPresent([String: FieldTexts].self, forKey: .multiValueHeaders) ?? [:]
        // A load balancer passes the query percent-encoded, API Gateway decodes it.
        let items = try event.decodeFields(
            .queryStringParameters,
            .multiValueQueryStringParameters,
            ignoresCase: false
        ) { isLoadBalancer ? Self.decoded($0) : $0 }
        try self.init(
            event,
            source: isLoadBalancer ? .loadBalancer(multiValueHeaders: !lists.isEmpty) : .restAPI,
            method: event.decode(String.self, forKey: .httpMethod),
            path: event.decode(String.self, forKey: .path),
            query: (Self.rawQuery(items), items),
            route: event.decodeIfPresent(String.self, forKey: .resource),
            context,
            sourceIP: isLoadBalancer ? nil : context.identity?["sourceIp"]?.text
        )
    }

    /// Reads version 2 of VPC Lattice
    /// (https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html#receive-event-from-service).
    private init(latticeVersionTwo event: Container, _ context: RequestContext) throws {
        try self.init(lattice: event, context, .path, .queryStringParameters, .isBase64Encoded)
    }

    /// Reads version 1 of VPC Lattice, which has names of its own and no context.
    private init(latticeVersionOne event: Container) throws {
        try self.init(lattice: event, nil, .latticePath, .latticeQuery, .isLatticeBase64)
    }

    private init(
        lattice event: Container,
        _ context: RequestContext?,
        _ path: Key,
        _ query: Key,
        _ isBase64: Key
    ) throws {
        // Some events of version 2 have the first version's name.
        let items = try event.decodeFields(query, .latticeQuery, ignoresCase: false)
        let target = try event.decode(String.self, forKey: path)
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let raw = parts.count > 1 ? parts[1] : ""
        try self.init(
            event,
            source: .lattice,
            method: event.decode(String.self, forKey: .method),
            path: parts.first ?? target,
            query: items.items.isEmpty ? (raw, Self.query(raw)) : (Self.rawQuery(items), items),
            route: nil,
            context,
            isBase64: isBase64
        )
    }

    /// Reads the parts that all sources have.
    private init(
        _ event: Container,
        source: Source,
        method: String,
        path: String,
        query: (raw: String, items: NamedValues),
        route: String?,
        _ context: RequestContext?,
        cookieLines: [String] = [],
        sourceIP: String? = nil,
        isBase64: Key = .isBase64Encoded
    ) throws {
        self.source = source
        self.method = method
        self.path = path
        rawQuery = query.raw
        self.query = query.items
        headers = try event.decodeFields(.headers, .multiValueHeaders, ignoresCase: true)
        cookies = Self.cookies(cookieLines.isEmpty ? headers.values(of: "cookie") : cookieLines)
        body = try event.decodeBody(.body, isBase64)
        pathParameters = try event.decodeTexts(forKey: .pathParameters)
        stage = context?.stage
        self.route = route
        switch source {
        case .loadBalancer, .lattice: self.sourceIP = Self.lastForwarded(headers)
        case .restAPI, .httpAPI, .functionURL: self.sourceIP = sourceIP
        }
        caller = CallerIdentity(authorizer: context?.authorizer ?? [:], identity: context?.identity ?? [:])
    }

    private static func rawQuery(_ items: NamedValues) -> String {
        items.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    private static func query(_ raw: String) -> NamedValues {
        raw.split(separator: "&").reduce(into: NamedValues(ignoresCase: false)) { query, item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? decoded(parts[1]) : ""
            query.append(name: decoded(parts[0]), value: value)
        }
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        PercentEncoding.decode(Array(text.utf8)[...], decodesPlus: true)
    }

    // The syntax of cookies is defined in https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1.
    private static func cookies(_ lines: [String]) -> NamedValues {
        lines.flatMap { $0.split(separator: ";") }.reduce(into: NamedValues(ignoresCase: false)) { cookies, pair in
            let pair = String(pair).trimmingSpace()
            guard let equals = pair.firstIndex(of: "=") else { return }
            cookies.append(name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
        }
    }

    private static func lastForwarded(_ headers: NamedValues) -> String? {
        guard let last = headers.values(of: "x-forwarded-for").last?.split(separator: ",").last else { return nil }
        return String(last).trimmingSpace()
    }
}
