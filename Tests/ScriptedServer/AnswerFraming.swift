/// The framing of a response's body (RFC 9112, section 6).
package enum AnswerFraming: Sendable, CaseIterable {
    case contentLength
    case chunked
    /// The end of the connection ends the body.
    case untilClose

    /// The size of a chunk in bytes.
    ///
    /// It divides none of the sizes used by tests, so that the last chunk is shorter.
    private static let chunkBytes = 40_009

    /// Returns the bytes of an HTTP/1.1 response.
    package func answer(_ status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = []) -> [UInt8] {
        var fields = headers
        switch self {
        case .contentLength: fields.append(("Content-Length", String(body.count)))
        case .chunked: fields.append(("Transfer-Encoding", "chunked"))
        case .untilClose: fields.append(("Connection", "close"))
        }
        let head = "HTTP/1.1 \(status) Scripted\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + (self == .chunked ? Self.chunks(of: body) : body)
    }

    private static func chunks(of body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: chunkBytes) {
            let chunk = body[start..<min(start + chunkBytes, body.count)]
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
