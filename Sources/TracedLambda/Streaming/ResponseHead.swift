internal import WireText

/// The status, headers and cookies of a streamed HTTP response, for callers that use a function URL or an API.
public struct ResponseHead: Sendable, Hashable {
    /// The HTTP status, 100 to 599.
    public var status: Int
    /// The header fields without `Set-Cookie`, which is set by ``cookies``.
    public var headers: [String: String]
    /// The cookies in the form of `Set-Cookie`: `name=value; Secure`.
    public var cookies: [String]

    /// Creates a head.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, 100 to 599.
    ///   - headers: The header fields.
    ///   - cookies: The cookies in the form of `Set-Cookie`.
    public init(status: Int = 200, headers: [String: String] = [:], cookies: [String] = []) {
        self.status = status
        self.headers = headers
        self.cookies = cookies
    }

    /// Returns the prelude that Lambda expects before the body: JSON followed by eight zero bytes
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html).
    ///
    /// - Throws: ``ResponseStreamError`` if the status, a header or a cookie is invalid, which could inject another
    ///   header.
    func prelude() throws(ResponseStreamError) -> [UInt8] {
        guard HeaderSyntax.isStatus(status) else {
            throw ResponseStreamError(code: .invalidHead, detail: "\(status) is not an HTTP status")
        }
        guard headers.keys.allSatisfy(HeaderSyntax.isName) else {
            throw ResponseStreamError(code: .invalidHead, detail: "a header's name is empty or not a token")
        }
        guard headers.values.allSatisfy(HeaderSyntax.isValue), cookies.allSatisfy(HeaderSyntax.isValue) else {
            throw ResponseStreamError(
                code: .invalidHead,
                detail: "a header or a cookie has a line break or another control character"
            )
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

    /// The number of zero bytes between the JSON and the body.
    static let separatorBytes = 8

    /// The content type of a response that starts with a prelude.
    static let contentType = "application/vnd.awslambda.http-integration-response"
}
