public import PlatformFoundation

extension HTTPRequestEvent {
    /// Creates a reply with a JSON body.
    ///
    /// - Parameters:
    ///   - status: The status, 100 to 599.
    ///   - value: The body.
    ///   - headers: The headers; `Content-Type` is `application/json` unless set here.
    ///   - cookies: The values of `Set-Cookie`.
    ///   - encoder: The encoder of the body.
    /// - Returns: The reply.
    /// - Throws: `EncodingError`; ``HTTPReplyError`` as in ``HTTPReply/init(status:headers:cookies:body:for:)``.
    public func reply(
        status: Int = 200,
        json value: some Encodable,
        headers: NamedValues = [:],
        cookies: [String] = [],
        using encoder: JSONEncoder = JSONEncoder()
    ) throws -> HTTPReply {
        try reply(status, "application/json", Array(encoder.encode(value)), headers, cookies)
    }

    /// Creates a reply with a text body.
    ///
    /// - Parameters:
    ///   - status: The status, 100 to 599.
    ///   - text: The body.
    ///   - headers: The headers; `Content-Type` is `text/plain; charset=utf-8` unless set here.
    ///   - cookies: The values of `Set-Cookie`.
    /// - Returns: The reply.
    /// - Throws: ``HTTPReplyError`` as in ``HTTPReply/init(status:headers:cookies:body:for:)``.
    public func reply(
        status: Int = 200,
        text: String,
        headers: NamedValues = [:],
        cookies: [String] = []
    ) throws -> HTTPReply {
        try reply(status, "text/plain; charset=utf-8", Array(text.utf8), headers, cookies)
    }

    private func reply(
        _ status: Int,
        _ type: String,
        _ body: [UInt8],
        _ headers: NamedValues,
        _ cookies: [String]
    ) throws -> HTTPReply {
        try HTTPReply(
            status: status,
            headers: headers.adding(contentType: type),
            cookies: cookies,
            body: body,
            for: self
        )
    }
}

extension NamedValues {
    /// Returns the headers with a `Content-Type`, unless they have one.
    func adding(contentType: String) -> NamedValues {
        var headers = self
        if headers["content-type"] == nil { headers.append(name: "Content-Type", value: contentType) }
        return headers
    }
}
