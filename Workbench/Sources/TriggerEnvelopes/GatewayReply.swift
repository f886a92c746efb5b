import FoundationEssentials
package import WireJSON

/// The HTTP answer that a function's output stands for.
package struct GatewayReply: Sendable, Hashable {
    /// Headers of the connection, which are not the function's to set.
    private static let connectionHeaders: Set = [
        "connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te",
    ]
    private static let statusRange = 200...599

    /// The status.
    package let status: Int
    /// The headers; a name can be there several times.
    package let headers: [HTTPCall.Header]
    /// The body; of a streamed answer it comes afterwards.
    package let body: [UInt8]

    /// Makes an answer of all its fields.
    package init(status: Int, headers: [HTTPCall.Header], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// What the caller gets when the function failed.
    package static let functionFailed = GatewayReply(
        status: 502,
        headers: [HTTPCall.Header("content-type", "application/json")],
        body: JSONValue.object(["message": "Internal Server Error"]).bytes
    )

    /// Reads a function's output, version 2.0 of the payload
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload).
    ///
    /// An object with a `statusCode` says all of it; anything else is the body of an answer with status 200.
    ///
    /// - Parameter output: The output.
    package init(output: [UInt8]) {
        let json = try? JSONValue(parsing: output)
        guard let object = json?.object, object["statusCode"] != nil else {
            self.init(
                status: 200,
                headers: [HTTPCall.Header("content-type", "application/json")],
                body: json?.string.map { Array($0.utf8) } ?? output
            )
            return
        }
        self.init(head: object)
    }

    /// Reads the object that says all of an answer, or the head of a streamed one.
    ///
    /// What cannot be is told as a failure of the function, as a gateway does.
    ///
    /// - Parameter object: `statusCode`, `headers`, `multiValueHeaders`, `cookies`, `body`, `isBase64Encoded`.
    package init(head object: JSONObject) {
        let given = object["statusCode"]
        let status = given.map { $0.number?.int64 ?? $0.string.flatMap(Int64.init) ?? 0 } ?? 200
        guard let body = Self.body(of: object), Self.statusRange.contains(Int(clamping: status)) else {
            self = .functionFailed
            return
        }
        self.status = Int(clamping: status)
        self.headers = Self.headers(of: object)
        self.body = body
    }

    private static func body(of object: JSONObject) -> [UInt8]? {
        guard let body = object["body"] else { return [] }
        guard let text = body.string else { return body == .null ? [] : body.bytes }
        guard object["isBase64Encoded"] == true else { return Array(text.utf8) }
        return Data(base64Encoded: text).map { Array($0) }
    }

    private static func headers(of object: JSONObject) -> [HTTPCall.Header] {
        var headers: [HTTPCall.Header] = []
        for member in object["headers"]?.object?.members ?? [] {
            if let value = text(of: member.value) { headers.append(HTTPCall.Header(member.name, value)) }
        }
        for member in object["multiValueHeaders"]?.object?.members ?? [] {
            headers += (member.value.array ?? []).compactMap(text).map { HTTPCall.Header(member.name, $0) }
        }
        headers += (object["cookies"]?.array ?? []).compactMap(\.string).map { HTTPCall.Header("set-cookie", $0) }
        headers.removeAll { connectionHeaders.contains($0.name) }
        if !headers.contains(where: { $0.name == "content-type" }) {
            headers.append(HTTPCall.Header("content-type", "application/json"))
        }
        return headers
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let bool): "\(bool)"
        case .null, .array, .object: nil
        }
    }
}
