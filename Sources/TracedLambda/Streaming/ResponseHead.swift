internal import SessionTracing

/// What an HTTP answer begins with: for callers that come by a function URL or an API.
public struct ResponseHead: Sendable, Hashable {
    /// The HTTP status, 100 to 599.
    public var status: Int
    /// Header fields; `Set-Cookie` goes into ``cookies``.
    public var headers: [String: String]
    /// Cookies, each as `Set-Cookie` would have it: `name=value; Secure`.
    public var cookies: [String]

    /// Makes a head.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: Header fields.
    ///   - cookies: Cookies as `Set-Cookie` would have them.
    public init(status: Int = 200, headers: [String: String] = [:], cookies: [String] = []) {
        self.status = status
        self.headers = headers
        self.cookies = cookies
    }

    /// How Lambda wants it before the body: JSON, then eight zero bytes
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html).
    ///
    /// - Throws: ``ResponseStreamError`` when a field would smuggle in another one, or the status is none.
    func prelude() throws(ResponseStreamError) -> [UInt8] {
        guard (100...599).contains(status) else {
            throw ResponseStreamError(code: .invalidHead, detail: "\(status) is no HTTP status")
        }
        for text in headers.map({ $0.key + $0.value }) + cookies where !text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 9 })
        {
            throw ResponseStreamError(code: .invalidHead, detail: "a header or a cookie holds a line break")
        }
        var writer = JSONWriter()
        writer.object { head in
            head.member("statusCode", status)
            head.name("headers")
            head.object { fields in
                for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields.member(name, value) }
            }
            head.name("cookies")
            head.array { list in
                for cookie in cookies { list.string(cookie) }
            }
        }
        return writer.bytes + [UInt8](repeating: 0, count: Self.separatorBytes)
    }

    /// Parts the JSON from the body.
    static let separatorBytes = 8

    /// Tells Lambda that a prelude comes first.
    static let contentType = "application/vnd.awslambda.http-integration-response"
}
