import WireJSON

/// Finds the head of a streamed answer: JSON, then eight zero bytes, then the body
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html).
package struct ResponsePrelude: Sendable {
    /// The content type of answers that have such a head.
    package static let contentType = "application/vnd.awslambda.http-integration-response"
    /// The size of a head beyond which there is none.
    package static let limitBytes = 1_048_576
    private static let separator = [UInt8](repeating: 0, count: 8)

    /// How far the head has come.
    package enum Progress: Sendable, Hashable {
        /// More bytes are needed.
        case incomplete
        /// The head, and the begin of the body.
        case complete(GatewayReply, rest: [UInt8])
        /// What came is no head.
        case malformed
    }

    private var bytes: [UInt8] = []

    /// Makes a search at the begin of an answer.
    package init() {}

    /// Takes bytes in.
    ///
    /// - Parameter chunk: The next bytes.
    /// - Returns: How far the head has come.
    package mutating func receive(_ chunk: some Collection<UInt8>) -> Progress {
        // The separator may have begun in what came before.
        let searchStart = max(0, bytes.count - (Self.separator.count - 1))
        bytes += chunk
        guard let end = bytes[searchStart...].firstRange(of: Self.separator) else {
            return bytes.count > Self.limitBytes ? .malformed : .incomplete
        }
        guard let head = (try? JSONValue(parsing: Array(bytes[..<end.lowerBound])))?.object else { return .malformed }
        return .complete(GatewayReply(head: head), rest: Array(bytes[end.upperBound...]))
    }
}
