internal import CurlTransport
internal import PlatformFoundation

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
    }

    /// The minimum length of a body with content, in bytes: a nested message with one number.
    ///
    /// Most bodies are shorter.
    private static let minimumBytes = 4

    private init(rejectedSpanCount: Int, message: String?) {
        self.rejectedSpanCount = rejectedSpanCount
        self.message = message
    }

    private struct Body: Decodable {
        struct Partial: Decodable {
            let rejectedSpans: Count?
            let errorMessage: String?
        }

        /// A count: Proto3 JSON encodes 64-bit integers as strings, some collectors as numbers.
        struct Count: Decodable {
            let value: Int

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                value = (try? container.decode(Int.self)) ?? Int((try? container.decode(String.self)) ?? "") ?? 0
            }
        }

        let partialSuccess: Partial?
    }

    private static let shortestJSON = #"{"partialSuccess":{"rejectedSpans":1}}"#.utf8.count

    private static func json(_ body: [UInt8]) -> PartialSuccess? {
        guard body.count >= shortestJSON,
            let partial = (try? JSONDecoder().decode(Body.self, from: Data(body)))?.partialSuccess
        else { return nil }
        return PartialSuccess(
            rejectedSpanCount: max(0, partial.rejectedSpans?.value ?? 0),
            message: partial.errorMessage.flatMap { $0.isEmpty ? nil : $0 }
        )
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
