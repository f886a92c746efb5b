internal import PlatformFoundation

extension ResponseHead {
    private struct Prelude: Decodable {
        let statusCode: Int
        let headers: [String: String]
        let cookies: [String]
    }

    /// Splits a streamed response into head and body, as Lambda does.
    ///
    /// - Parameters:
    ///   - bytes: The complete response.
    ///   - contentType: The content type, which determines whether the response starts with a prelude.
    /// - Returns: The head, if there is one, and the body.
    static func split(_ bytes: [UInt8], contentType: String) -> (head: ResponseHead?, body: [UInt8]) {
        guard contentType == Self.contentType, let end = bytes.firstIndex(of: 0),
            let prelude = try? JSONDecoder().decode(Prelude.self, from: Data(bytes[..<end]))
        else { return (nil, bytes) }
        let head = ResponseHead(status: prelude.statusCode, headers: prelude.headers, cookies: prelude.cookies)
        return (head, Array(bytes.dropFirst(end + separatorBytes)))
    }
}
