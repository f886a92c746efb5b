internal import WireText

/// The response to an HTTP request, in the form that the request's source requires.
///
/// A body that is not UTF-8 is encoded in base64. A REST API decodes it only for the types in its `binaryMediaTypes`.
///
/// ```swift
/// return try HTTPReply(status: 201, headers: ["Location": "/pets/42"], for: request)
/// ```
public struct HTTPReply: Sendable, Hashable {
    /// The status, 100 to 599.
    public let status: Int
    /// The headers without `Set-Cookie`.
    public let headers: NamedValues
    /// The values of `Set-Cookie`.
    public let cookies: [String]
    /// The body.
    public let body: [UInt8]
    let form: ReplyForm

    /// Creates a reply.
    ///
    /// - Parameters:
    ///   - status: The status, 100 to 599.
    ///   - headers: The headers; a `Set-Cookie` is treated as a cookie.
    ///   - cookies: The values of `Set-Cookie`, such as `id=42; Secure; HttpOnly`.
    ///   - body: The body's bytes.
    ///   - request: The request to reply to.
    /// - Throws: ``HTTPReplyError`` if the status, a header or a cookie is invalid, or the source does not support
    ///   several cookies.
    public init(
        status: Int = 200,
        headers: NamedValues = [:],
        cookies: [String] = [],
        body: [UInt8] = [],
        for request: HTTPRequestEvent
    ) throws {
        try self.init(status, headers, cookies, body, ReplyForm(request.source))
    }

    init(
        _ status: Int,
        _ headers: NamedValues,
        _ cookies: [String],
        _ body: [UInt8],
        _ form: ReplyForm
    ) throws {
        guard HeaderSyntax.isStatus(status) else {
            throw HTTPReplyError(code: .invalidStatus, description: "\(status) is not a status of HTTP")
        }
        for header in headers {
            guard HeaderSyntax.isName(header.name) else {
                throw HTTPReplyError(code: .invalidHeaderName, description: "a header's name is empty or not a token")
            }
            guard HeaderSyntax.isValue(header.value) else {
                throw HTTPReplyError(
                    code: .invalidHeaderValue,
                    description: "the value of the header \(header.name) has a line break or another control character"
                )
            }
        }
        let cookies = headers.values(of: "set-cookie") + cookies
        guard cookies.allSatisfy(HeaderSyntax.isValue) else {
            throw HTTPReplyError(
                code: .invalidCookie,
                description: "a cookie has a line break or another control character"
            )
        }
        guard cookies.count <= 1 || !form.hasSingleValues else {
            throw HTTPReplyError(
                code: .tooManyCookies,
                description: "several cookies need multi-value headers, which the request's source does not take: "
                    + "a load balancer's target group has them off, VPC Lattice and WebSocket APIs have none"
            )
        }
        self.status = status
        var others = headers
        others.removeAll(of: "set-cookie")
        self.headers = others
        self.cookies = cookies
        self.body = body
        self.form = form
    }
}

/// The form of a reply, by the source of its request.
enum ReplyForm: Sendable, Hashable {
    /// Headers with one value for each name, and a list of cookies.
    case cookieList
    /// Headers with all values.
    case lists(hasStatusDescription: Bool)
    /// Headers with one value for each name, the cookie among them.
    case single(hasStatusDescription: Bool)

    init(_ source: HTTPRequestEvent.Source) {
        self =
            switch source {
            case .httpAPI, .functionURL: .cookieList
            case .restAPI: .lists(hasStatusDescription: false)
            case .loadBalancer(multiValueHeaders: true): .lists(hasStatusDescription: true)
            case .loadBalancer(multiValueHeaders: false), .lattice: .single(hasStatusDescription: true)
            }
    }

    var hasStatusDescription: Bool {
        switch self {
        case .cookieList: false
        case .lists(let hasOne), .single(let hasOne): hasOne
        }
    }

    var hasSingleValues: Bool {
        if case .single = self { true } else { false }
    }
}
