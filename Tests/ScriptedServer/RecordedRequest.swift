/// A request as received by the server.
package struct RecordedRequest: Sendable {
    /// The number of the connection, from 1.
    package let connection: Int
    /// The request line, the header lines and the empty line, each with its line end.
    package let head: String
    package let body: [UInt8]
    /// The trailer lines of a chunked body, each with its line end.
    package let trailer: String

    init(connection: Int, head: String, body: [UInt8] = [], trailer: String = "") {
        self.connection = connection
        self.head = head
        self.body = body
        self.trailer = trailer
    }

    /// True if the body was chunked.
    package var isChunked: Bool { values(of: "Transfer-Encoding") == ["chunked"] }

    /// The request line, such as `POST /path HTTP/1.1`.
    package var requestLine: String { lines.first ?? "" }

    package var method: String { String(requestLine.prefix { $0 != " " }) }

    /// The path and query.
    package var target: String {
        let parts = requestLine.split(separator: " ")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    /// The header fields in their original order.
    package var headers: [(name: String, value: String)] {
        lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }

    /// Returns all values of a field; names match in any case.
    package func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    private var lines: [String] { head.split(separator: "\r\n").map(String.init) }
}
