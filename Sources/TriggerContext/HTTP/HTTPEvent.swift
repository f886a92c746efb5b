internal import SessionTracing
internal import WireText

/// The properties of an HTTP request from API Gateway, a function URL, a load balancer or VPC Lattice.
enum HTTPEvent {
    /// The members that describe the request.
    static let names: [StaticString] = [
        "requestContext", "httpMethod", "method", "version", "isBase64Encoded", "is_base64_encoded", "resource",
        "path", "rawPath", "raw_path", "routeKey", "source",
    ]

    /// Returns the properties; nil for sources whose events are no HTTP requests.
    static func request(
        _ event: borrowing EventMembers,
        _ source: Trigger.Source
    ) throws(MalformedJSON) -> Trigger.HTTPRequest? {
        switch source {
        case .webSocket, .apiGatewayHTTP, .apiGatewayREST, .loadBalancer, .lattice: break
        default: return nil
        }
        var context = RequestContext()
        if let members = event["requestContext"]?.members { context = try RequestContext(members) }
        let headers = try DescribingHeaders(event["headers"], event["multiValueHeaders"])
        let path = try event.text(at: [["path"], ["rawPath"], ["raw_path"]])
        return Trigger.HTTPRequest(
            method: try event.text(at: [["httpMethod"], ["method"]]) ?? context.method,
            route: route(event, context, source),
            path: path.map(withoutQuery) ?? context.path,
            scheme: headers.scheme,
            serverAddress: context.domainName ?? headers.host,
            userAgent: context.userAgent ?? headers.userAgent
        )
    }

    /// Returns the path of VPC Lattice without the query, which may contain secrets.
    private static func withoutQuery(_ path: String) -> String {
        path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? path
    }

    private static func route(
        _ event: borrowing EventMembers,
        _ context: RequestContext,
        _ source: Trigger.Source
    ) -> String? {
        switch source {
        case .webSocket: return context.routeKey
        case .apiGatewayREST: return event["resource"]?.text
        case .apiGatewayHTTP:
            // The key has the form `GET /pets/{petId}` or `ANY /pets`, or is `$default`, which is not a route.
            let words = (event["routeKey"]?.text ?? "").split(separator: " ", maxSplits: 1)
            return words.count == 2 ? String(words[1]) : nil
        default: return nil
        }
    }
}
