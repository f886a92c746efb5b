/// The `requestContext` of an HTTP event.
struct RequestContext {
    private(set) var hasConnectionID = false
    private(set) var hasLoadBalancer = false
    private(set) var hasHTTP = false
    private(set) var method: String?
    private(set) var path: String?
    private(set) var userAgent: String?
    private(set) var domainName: String?
    private(set) var routeKey: String?

    init(_ members: JSONMembers) throws(MalformedJSON) {
        var members = members
        while let (name, value) = try members.next() {
            switch value {
            case .string: takeText(name, value)
            case .object: try takeObject(name, value)
            default: break
            }
        }
    }

    private mutating func takeText(_ name: JSONString, _ value: JSONValue) {
        if name.isNamed("connectionId") { hasConnectionID = true }
        if name.isNamed("domainName") { domainName = domainName ?? value.shortText }
        if name.isNamed("routeKey") { routeKey = routeKey ?? value.shortText }
    }

    private mutating func takeObject(_ name: JSONString, _ value: JSONValue) throws(MalformedJSON) {
        if name.isNamed("elb") { hasLoadBalancer = true }
        if name.isNamed("http"), !hasHTTP {
            hasHTTP = true
            let agent = userAgent
            method = try value.member("method")?.shortText
            path = try value.member("path")?.shortText
            userAgent = try value.member("userAgent")?.shortText ?? agent
        }
        if name.isNamed("identity"), userAgent == nil { userAgent = try value.member("userAgent")?.shortText }
    }
}

/// The headers that describe a request: host, user agent and scheme.
struct DescribingHeaders {
    private(set) var host: String?
    private(set) var userAgent: String?
    private(set) var scheme: String?

    private static let names: NameSet = ["host", "user-agent", "x-forwarded-proto"]

    /// Reads the headers.
    ///
    /// - Parameter objects: Objects with headers, whose values are strings or lists of strings; the first object with a
    ///   header takes precedence.
    /// - Throws: ``MalformedJSON`` if one of them is malformed.
    init(_ objects: JSONValue?...) throws(MalformedJSON) {
        for case .some(var members) in objects.map({ $0?.members }) {
            while let (name, value) = try members.next() {
                guard let known = name.first(of: Self.names, ignoringCase: true) else { continue }
                take(known.description, try Self.text(value))
            }
        }
    }

    private mutating func take(_ name: String, _ text: String?) {
        switch name {
        case "host": host = host ?? text
        case "user-agent": userAgent = userAgent ?? text
        default: scheme = scheme ?? text
        }
    }

    private static func text(_ value: JSONValue) throws(MalformedJSON) -> String? {
        guard var elements = value.elements else { return value.shortText }
        return try elements.next()?.shortText
    }
}
