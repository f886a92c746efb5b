/// One request as it came over the wire.
package struct RecordedRequest: Sendable {
    /// On which connection it came: 1 is the server's first.
    package let connection: Int
    /// The request line and the header lines, each with its line end, and the empty line.
    package let head: String
    package let body: [UInt8]
    /// The lines after a body in chunks, each with its line end.
    package let trailer: String

    init(connection: Int, head: String, body: [UInt8] = [], trailer: String = "") {
        self.connection = connection
        self.head = head
        self.body = body
        self.trailer = trailer
    }

    /// Whether the body came in chunks.
    package var isChunked: Bool { values(of: "Transfer-Encoding") == ["chunked"] }

    /// `POST /path HTTP/1.1`.
    package var requestLine: String { lines.first ?? "" }

    package var method: String { String(requestLine.prefix { $0 != " " }) }

    /// The path and query.
    package var target: String {
        let parts = requestLine.split(separator: " ")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    /// Header lines, in the order in which they came.
    package var headers: [(name: String, value: String)] {
        lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }

    /// All values of a field, whatever the case of its name.
    package func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    private var lines: [String] { head.split(separator: "\r\n").map(String.init) }
}
