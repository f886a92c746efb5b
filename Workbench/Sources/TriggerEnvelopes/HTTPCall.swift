/// An HTTP request, as the events of gateways tell of it.
package struct HTTPCall: Sendable, Hashable {
    /// The method.
    package var method: String
    /// The path, as it came.
    package var path: String
    /// The query without its `?`, as it came.
    package var query: String
    /// The headers in their order; a name can be there several times.
    package var headers: [Header]
    /// The body; `nil` when there is none.
    package var body: [UInt8]?

    /// One header.
    package struct Header: Sendable, Hashable {
        /// The name, in lower case.
        package let name: String
        /// The value.
        package let value: String

        /// Makes a header.
        ///
        /// - Parameters:
        ///   - name: The name, in any case.
        ///   - value: The value.
        package init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// Makes a request of all its fields.
    package init(method: String, path: String, query: String, headers: [Header], body: [UInt8]?) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of a name.
    ///
    /// - Parameter name: The name, in lower case.
    /// - Returns: `nil` when there is none.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The query's names and values, decoded, in their order.
    package var queryItems: [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (
                PercentText.decoded(parts[0], plusIsSpace: true), PercentText.decoded(value, plusIsSpace: true)
            )
        }
    }

    /// The headers by name, the values of one name joined by commas; without those that are left out.
    ///
    /// - Parameter omitted: Names to leave out.
    /// - Returns: Names in lower case, in their order.
    package func joinedHeaders(omitting omitted: Set<String> = []) -> [(name: String, value: String)] {
        Self.joined(headers.filter { !omitted.contains($0.name) }.map { ($0.name, $0.value) }, separator: ",")
    }

    /// Joins the values of one name.
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
