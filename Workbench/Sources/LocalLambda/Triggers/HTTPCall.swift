import OTLP

/// An HTTP request, from which the events of gateways are built.
package struct HTTPCall: Sendable, Hashable {
    /// The method.
    package var method: String
    /// The path, still percent-encoded.
    package var path: String
    /// The query without its `?`, still percent-encoded.
    package var query: String
    /// The headers, in order; a name can occur several times.
    package var headers: [Header]
    /// The body; `nil` when there is none.
    package var body: [UInt8]?

    /// A header.
    package struct Header: Sendable, Hashable {
        /// The name, in lower case.
        package let name: String
        /// The value.
        package let value: String

        /// Creates a header.
        ///
        /// - Parameters:
        ///   - name: The name, in any case.
        ///   - value: The value.
        package init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// Creates a request.
    package init(method: String, path: String, query: String, headers: [Header], body: [UInt8]?) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Finds the first header of a name.
    ///
    /// - Parameter name: The name, in lower case.
    /// - Returns: The value; `nil` when no header has the name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The names and values of the query, decoded, in order.
    package var queryItems: [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (
                PercentText.decoded(parts[0], plusIsSpace: true), PercentText.decoded(value, plusIsSpace: true)
            )
        }
    }

    /// Joins the values of each header name with commas.
    ///
    /// - Parameter omitted: The names to leave out.
    /// - Returns: The names, in lower case and in order, with their values.
    package func joinedHeaders(omitting omitted: Set<String> = []) -> [(name: String, value: String)] {
        Self.joined(headers.filter { !omitted.contains($0.name) }.map { ($0.name, $0.value) }, separator: ",")
    }

    /// Joins the values of each name.
    static func joined(
        _ pairs: [(name: String, value: String)],
        separator: String
    ) -> [(name: String, value: String)] {
        var order: [String] = []
        var values: [String: String] = [:]
        for (name, value) in pairs {
            if let known = values[name] {
                values[name] = known + separator + value
            } else {
                order.append(name)
                values[name] = value
            }
        }
        return order.map { ($0, values[$0] ?? "") }
    }
}
