internal import FoundationEssentials

extension ResponseHead {
    private struct Prelude: Decodable {
        let statusCode: Int
        let headers: [String: String]
        let cookies: [String]
    }

    /// Reads a streamed answer as Lambda does.
    ///
    /// - Parameters:
    ///   - bytes: The answer from its first byte on.
    ///   - contentType: Tells whether it begins with a prelude.
    /// - Returns: The head, if there is one, and the body.
    static func split(_ bytes: [UInt8], contentType: String) -> (head: ResponseHead?, body: [UInt8]) {
        guard contentType == Self.contentType, let end = bytes.firstIndex(of: 0),
            let prelude = try? JSONDecoder().decode(Prelude.self, from: Data(bytes[..<end]))
        else { return (nil, bytes) }
        let head = ResponseHead(status: prelude.statusCode, headers: prelude.headers, cookies: prelude.cookies)
        return (head, Array(bytes.dropFirst(end + separatorBytes)))
    }
}
