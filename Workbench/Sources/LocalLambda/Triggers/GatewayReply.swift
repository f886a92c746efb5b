import FoundationEssentials
import OTLP

/// A header of a response.
struct ReplyHeader: Sendable, Hashable {
    /// The name, in lower case.
    let name: String
    /// The value.
    let value: String

    /// Creates a header.
    ///
    /// `name`: The name, in any case.
    init(_ name: String, _ value: String) {
        self.name = name.lowercased()
        self.value = value
    }
}

/// The HTTP response that a function's output describes.
struct GatewayReply: Sendable, Hashable {
    /// Connection headers, which a function cannot set.
    private static let connectionHeaders: Set = [
        "connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te",
    ]
    private static let statusRange = 200...599

    let status: Int
    /// The headers; a name can occur several times.
    let headers: [ReplyHeader]
    /// The body; empty for a streamed response, whose body follows separately.
    let body: [UInt8]

    /// The caller's response after a function error.
    static let functionFailed = GatewayReply(
        status: 502,
        headers: [ReplyHeader("content-type", "application/json")],
        body: JSONValue.object(["message": "Internal Server Error"]).bytes
    )
}

extension GatewayReply {
    /// Parses a function's output, payload version 2.0
    /// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload).
    ///
    /// An object with a `statusCode` describes the response; any other output is the body of a response with status
    /// 200.
    init(output: [UInt8]) {
        let json = try? JSONValue(parsing: output)
        guard let object = json?.object, object["statusCode"] != nil else {
            self.init(
                status: 200,
                headers: [ReplyHeader("content-type", "application/json")],
                body: json?.string.map { Array($0.utf8) } ?? output
            )
            return
        }
        self.init(head: object)
    }

    /// Parses the object that describes a response, or the prelude of a streamed one.
    ///
    /// Invalid values become a function error, as in a gateway.
    ///
    /// - Parameter object: `statusCode`, `headers`, `multiValueHeaders`, `cookies`, `body`, `isBase64Encoded`.
    init(head object: JSONObject) {
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

    private static func headers(of object: JSONObject) -> [ReplyHeader] {
        var headers: [ReplyHeader] = []
        for member in object["headers"]?.object?.members ?? [] {
            if let value = text(of: member.value) { headers.append(ReplyHeader(member.name, value)) }
        }
        for member in object["multiValueHeaders"]?.object?.members ?? [] {
            headers += (member.value.array ?? []).compactMap(text).map { ReplyHeader(member.name, $0) }
        }
        headers += (object["cookies"]?.array ?? []).compactMap(\.string).map { ReplyHeader("set-cookie", $0) }
        headers.removeAll { connectionHeaders.contains($0.name) }
        if !headers.contains(where: { $0.name == "content-type" }) {
            headers.append(ReplyHeader("content-type", "application/json"))
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

/// Parser of a streamed response's prelude: JSON, then eight zero bytes, then the body
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html).
struct ResponsePrelude: Sendable {
    /// The content type of responses with a prelude.
    static let contentType = "application/vnd.awslambda.http-integration-response"
    /// The limit of a prelude, in bytes.
    static let limitBytes = 1_048_576
    private static let separator = [UInt8](repeating: 0, count: 8)

    /// The state of the parser.
    enum Progress: Sendable, Hashable {
        /// The parser needs more bytes.
        case incomplete
        /// The parsed prelude, and the first bytes of the body.
        case complete(GatewayReply, rest: [UInt8])
        /// The bytes are not a prelude.
        case malformed
    }

    private var bytes: [UInt8] = []

    /// Parses further bytes.
    ///
    /// - Parameter chunk: The next bytes.
    /// - Returns: The state after these bytes.
    mutating func receive(_ chunk: some Collection<UInt8>) -> Progress {
        // The separator may begin in earlier bytes.
        let searchStart = max(0, bytes.count - (Self.separator.count - 1))
        bytes += chunk
        guard let end = bytes[searchStart...].firstRange(of: Self.separator) else {
            return bytes.count > Self.limitBytes ? .malformed : .incomplete
        }
        guard let head = (try? JSONValue(parsing: Array(bytes[..<end.lowerBound])))?.object else { return .malformed }
        return .complete(GatewayReply(head: head), rest: Array(bytes[end.upperBound...]))
    }
}
