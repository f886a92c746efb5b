import OTLP

/// Parser of a streamed response's prelude: JSON, then eight zero bytes, then the body
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html).
package struct ResponsePrelude: Sendable {
    /// The content type of responses with a prelude.
    package static let contentType = "application/vnd.awslambda.http-integration-response"
    /// The limit of a prelude, in bytes.
    package static let limitBytes = 1_048_576
    private static let separator = [UInt8](repeating: 0, count: 8)

    /// The state of the parser.
    package enum Progress: Sendable, Hashable {
        /// The parser needs more bytes.
        case incomplete
        /// The parsed prelude, and the first bytes of the body.
        case complete(GatewayReply, rest: [UInt8])
        /// The bytes are not a prelude.
        case malformed
    }

    private var bytes: [UInt8] = []

    /// Creates a parser at the beginning of a response.
    package init() {}

    /// Parses further bytes.
    ///
    /// - Parameter chunk: The next bytes.
    /// - Returns: The state after these bytes.
    package mutating func receive(_ chunk: some Collection<UInt8>) -> Progress {
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
