internal import WireText

extension HTTPRequestEvent: Decodable {
    private enum Key: String, CodingKey {
        case httpMethod, path, rawPath, resource, routeKey, rawQueryString, queryStringParameters
        case multiValueQueryStringParameters, headers, multiValueHeaders, cookies, body, isBase64Encoded, pathParameters
        case requestContext
    }

    private struct RequestContext: Decodable {
        struct HTTP: Decodable {
            let method: String
            let path: String?
            let sourceIp: String?
        }

        let http: HTTP?
        let elb: ClaimValue?
        let stage: String?
        let domainName: String?
        let authorizer: [String: ClaimValue]?
        let identity: [String: ClaimValue]?
    }

    /// Decodes a request in the form of any source.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if `requestContext` or the method is missing, or a body marked
    ///   as base64 is not valid base64.
    public init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Key.self)
        let context = try event.decode(RequestContext.self, forKey: .requestContext)
        body = try Self.body(event)
        pathParameters = try event.decodeIfPresent([String: String].self, forKey: .pathParameters) ?? [:]
        stage = context.stage
        caller = CallerIdentity(authorizer: context.authorizer ?? [:], identity: context.identity ?? [:])
        headers = try Self.values(event, .headers, .multiValueHeaders, into: NamedValues(ignoresCase: true)) { $0 }
        if let http = context.http {
            source = context.domainName?.contains(".lambda-url.") == true ? .functionURL : .httpAPI
            method = http.method
            path = try event.decodeIfPresent(String.self, forKey: .rawPath) ?? http.path ?? "/"
            route = try event.decodeIfPresent(String.self, forKey: .routeKey)
            sourceIP = http.sourceIp
            rawQuery = try event.decodeIfPresent(String.self, forKey: .rawQueryString) ?? ""
            query = Self.query(rawQuery)
            let list = try event.decodeIfPresent([String].self, forKey: .cookies)
            cookies = Self.cookies(list ?? headers.values(of: "cookie"))
            return
        }
        let isLoadBalancer = context.elb != nil
        source = isLoadBalancer ? .loadBalancer(multiValueHeaders: event.contains(.multiValueHeaders)) : .restAPI
        method = try event.decode(String.self, forKey: .httpMethod)
        path = try event.decode(String.self, forKey: .path)
        route = try event.decodeIfPresent(String.self, forKey: .resource)
        sourceIP = isLoadBalancer ? Self.lastForwarded(headers) : context.identity?["sourceIp"]?.text
        cookies = Self.cookies(headers.values(of: "cookie"))
        // A load balancer passes the query percent-encoded, API Gateway decodes it.
        query = try Self.values(
            event,
            .queryStringParameters,
            .multiValueQueryStringParameters,
            into: NamedValues(ignoresCase: false)
        ) { isLoadBalancer ? Self.decoded($0) : $0 }
        let encoded = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        rawQuery = encoded.joined(separator: "&")
    }

    private static func body(_ event: KeyedDecodingContainer<Key>) throws -> [UInt8] {
        guard let text = try event.decodeIfPresent(String.self, forKey: .body) else { return [] }
        guard try event.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) == true else { return Array(text.utf8) }
        return try [UInt8](base64: text, at: event.codingPath + [Key.body])
    }

    // The multi-value form is preferred because it is complete. The names are sorted, because the members of a JSON
    // object have no order.
    private static func values(
        _ event: KeyedDecodingContainer<Key>,
        _ single: Key,
        _ multiple: Key,
        into empty: NamedValues,
        _ transform: (String) -> String
    ) throws -> NamedValues {
        var result = empty
        if let lists = try event.decodeIfPresent([String: [String]?].self, forKey: multiple) {
            for (name, values) in lists.sorted(by: { $0.key < $1.key }) {
                for value in values ?? [] { result.append(name: transform(name), value: transform(value)) }
            }
        } else {
            let values = try event.decodeIfPresent([String: String?].self, forKey: single) ?? [:]
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                result.append(name: transform(name), value: transform(value ?? ""))
            }
        }
        return result
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
