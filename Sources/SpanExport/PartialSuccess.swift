internal import CurlTransport
internal import SessionTracing
internal import WireText

/// The rejected spans of an accepted export request.
struct PartialSuccess: Equatable {
    var rejectedSpanCount: Int
    var message: String?

    /// Parses the body of a 2xx response in the format of its content type.
    ///
    /// Nil if nothing was rejected. An unreadable body counts as that, because the status means "accepted".
    init?(_ response: HTTPResponse) {
        guard response.body.count >= Self.minimumBytes else { return nil }
        let contentType = response.headers["Content-Type"]?.lowercased() ?? ""
        let parsed = contentType.contains("json") ? Self.json(response.body) : Self.protobuf(response.body)
        guard let parsed, parsed.rejectedSpanCount > 0 || parsed.message != nil else { return nil }
        self = parsed
        message = message?.truncated(toUTF8Bytes: Self.maximumMessageBytes)
    }

    /// The maximum length of the collector's message, in bytes; it becomes a part of a log line.
    static let maximumMessageBytes = 1_024

    /// The minimum length of a body with content, in bytes: a nested message with one number.
    ///
    /// Most bodies are shorter.
    private static let minimumBytes = 4

    private init(rejectedSpanCount: Int, message: String?) {
        self.rejectedSpanCount = rejectedSpanCount
        self.message = message
    }

    /// Parses Proto3 JSON, in which a 64-bit integer is a string; some collectors write a number.
    private static func json(_ body: [UInt8]) -> PartialSuccess? {
        body.withUnsafeBufferPointer { text in
            guard let partial = try? JSONValue(text).member("partialSuccess") else { return nil }
            let count = (try? partial.member("rejectedSpans")).flatMap { $0.integer ?? $0.text.flatMap { Int($0) } }
            let message = (try? partial.member("errorMessage"))?.text ?? ""
            return PartialSuccess(
                rejectedSpanCount: max(0, count ?? 0),
                message: message.isEmpty ? nil : message
            )
        }
    }

    private static func protobuf(_ body: [UInt8]) -> PartialSuccess? {
        var response = ProtobufReader(body[...])
        while let field = response.next() {
            guard field.number == 1, case .bytes(let content) = field.value else { continue }
            var result = PartialSuccess(rejectedSpanCount: 0, message: nil)
            var partial = ProtobufReader(content)
            while let field = partial.next() {
                switch (field.number, field.value) {
                case (1, .varint(let count)): result.rejectedSpanCount = Int(clamping: Int64(bitPattern: count))
                case (2, .bytes(let text)) where !text.isEmpty: result.message = String(decoding: text, as: UTF8.self)
                default: break
                }
            }
            result.rejectedSpanCount = max(0, result.rejectedSpanCount)
            return result
        }
        return nil
    }
}
