internal import SessionTracing
internal import WireText

/// An HTTP request from API Gateway, a function URL or a load balancer, or a WebSocket message.
enum HTTPEvent {
    static let names: [StaticString] = [
        "requestContext", "httpMethod", "version", "headers", "multiValueHeaders", "queryStringParameters",
        "multiValueQueryStringParameters", "body", "isBase64Encoded", "resource", "path", "rawPath", "routeKey",
    ]

    /// Reads the event; returns nil if it is not an HTTP request.
    static func read(_ event: EventMembers) throws(MalformedJSON) -> FoundEvent? {
        guard let requestContext = event["requestContext"]?.members else { return nil }
        let context = try RequestContext(requestContext)
        guard let source = source(of: event, context) else { return nil }
        var found = FoundEvent()
        found.trigger.source = source
        found.trigger.http = try request(event, context, source)
        try readContext(event, &found.hints)
        return found
    }

    private static func source(of event: EventMembers, _ context: RequestContext) -> Trigger.Source? {
        if context.hasConnectionID { return .webSocket }
        if context.hasHTTP, event["version"]?.text == "2.0" { return .apiGatewayHTTP }
        guard event["httpMethod"]?.string != nil else { return nil }
        return context.hasLoadBalancer ? .loadBalancer : .apiGatewayREST
    }

    // MARK: Caller

    private static func readContext(_ event: EventMembers, _ hints: inout CallerHints) throws(MalformedJSON) {
        // Repeated header fields are complete only here; `headers` contains only their last value.
        if let headers = event["multiValueHeaders"]?.members {
            var reader = FieldReader(.headerFields)
            let traceHeaders = try reader.fields(of: headers)
            if traceHeaders != TraceHeaders() { hints.headerSources.append(traceHeaders) }
            hints.note(reader.unusable)
        }
        hints.take(event.payload)
        try readQuery(event["queryStringParameters"], &hints)
        try readQuery(event["multiValueQueryStringParameters"], &hints)
        guard let body = event["body"]?.string else { return }
        var messages = MessageReader(path: nil)
        messages.read(body, as: event["isBase64Encoded"]?.isTrue == true ? .base64 : .plain, into: &hints)
    }

    private static func readQuery(_ parameters: JSONValue?, _ hints: inout CallerHints) throws(MalformedJSON) {
        guard var members = parameters?.members else { return }
        var reader = FieldReader(.query)
        while let (name, value) = try members.nextMember() {
            guard hints.queryID == nil, let key = queryName(name) else { continue }
            guard var elements = value.elements else {
                hints.queryID = try reader.id(key, value)
                continue
            }
            if let first = try elements.nextElement() { hints.queryID = try reader.id(key, first) }
        }
        hints.note(reader.unusable)
    }

    private static func queryName(_ name: JSONText) -> StaticString? {
        name.first(of: WantedName.sessionKeys) ?? name.first(of: WantedName.dedicatedHeaders, ignoringCase: true)
    }

    // MARK: Request

    private static func request(
        _ event: EventMembers,
        _ context: RequestContext,
        _ source: Trigger.Source
    ) throws(MalformedJSON) -> Trigger.HTTPRequest {
        let headers = try DescribingHeaders(event["headers"], event["multiValueHeaders"])
        return Trigger.HTTPRequest(
            method: event["httpMethod"]?.text ?? context.method,
            route: route(event, context, source),
            path: event["path"]?.text ?? event["rawPath"]?.text ?? context.path,
            scheme: headers.scheme,
            serverAddress: context.domainName ?? headers.host,
            userAgent: context.userAgent ?? headers.userAgent
        )
    }

    private static func route(_ event: EventMembers, _ context: RequestContext, _ source: Trigger.Source) -> String? {
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
