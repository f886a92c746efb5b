internal import WireText

/// The `requestContext` of an HTTP event.
struct RequestContext {
    private var hasHTTP = false
    private(set) var method: String?
    private(set) var path: String?
    private(set) var userAgent: String?
    private(set) var domainName: String?
    private(set) var routeKey: String?

    init() {}

    init(_ members: JSONReader) throws(MalformedJSON) {
        var members = members
        while let (name, value) = try members.nextMember() {
            switch value {
            case .string: takeText(name, value)
            case .object: try takeObject(name, value)
            default: break
            }
        }
    }

    private mutating func takeText(_ name: JSONText, _ value: JSONValue) {
        if name.equals("domainName") { domainName = domainName ?? value.text }
        if name.equals("routeKey") { routeKey = routeKey ?? value.text }
    }

    private mutating func takeObject(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        if name.equals("http"), !hasHTTP {
            hasHTTP = true
            let agent = userAgent
            method = try value.member("method")?.text
            path = try value.member("path")?.text
            userAgent = try value.member("userAgent")?.text ?? agent
        }
        if name.equals("identity"), userAgent == nil { userAgent = try value.member("userAgent")?.text }
    }
}

/// The headers that describe a request.
struct DescribingHeaders {
    private(set) var host: String?
    private(set) var userAgent: String?
    private(set) var scheme: String?
    private var contentType: String?

    /// True if the body is a form in the representation of a query.
    var isForm: Bool { contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true }

    /// The members of an event that contain headers.
    static let objects: [StaticString] = ["headers", "multiValueHeaders"]
    private static let names: [StaticString] = [
        "host", "user-agent", "x-forwarded-proto", "content-type",
    ]

    /// Reads the headers.
    ///
    /// - Parameter objects: Objects with headers, whose values are strings or lists of strings; the first object with a
    ///   header takes precedence.
    /// - Throws: ``MalformedJSON`` if one of them is malformed.
    init(_ objects: JSONValue?...) throws(MalformedJSON) {
        for case .some(var members) in objects.map({ $0?.members }) {
            while let (name, value) = try members.nextMember() {
                guard let known = name.first(of: Self.names, ignoringCase: true) else { continue }
                take(known.description, try Self.text(value))
            }
        }
    }

    private mutating func take(_ name: String, _ text: String?) {
        switch name {
        case "host": host = host ?? text
        case "user-agent": userAgent = userAgent ?? text
        case "content-type": contentType = contentType ?? text
        default: scheme = scheme ?? text
        }
    }

    private static func text(_ value: JSONValue) throws(MalformedJSON) -> String? {
        guard var elements = value.elements else { return value.text }
        return try elements.nextElement()?.text
    }
}
