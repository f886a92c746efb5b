import GRDB
import OTLP

extension TraceArchive {
    /// Finds sessions, latest first.
    ///
    /// - Parameter query: The filter.
    /// - Returns: At most ``SessionQuery/limit`` sessions.
    /// - Throws: The database's error.
    package func sessions(_ query: SessionQuery) async throws -> [SessionSummary] {
        try await reader.read { database in
            let filter = query.filter
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT substr(name, 1, \(Self.lineLimitScalars)) AS name, '{}' AS fields, *
                    FROM session WHERE \(filter.conditions.joined(separator: " AND "))
                    ORDER BY coalesce(start, received) DESC, id LIMIT \(min(max(query.limit, 0), SessionQuery.limitCount))
                    """,
                arguments: StatementArguments(filter.arguments)
            ).map(SessionSummary.init)
        }
    }

    /// Finds a session by id.
    ///
    /// - Parameter id: The session's id; a UUID in any notation.
    /// - Returns: `nil` when the session is unknown.
    /// - Throws: The database's error.
    package func session(_ id: String) async throws -> SessionSummary? {
        try await reader.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT substr(name, 1, \(Self.lineLimitScalars)) AS name, * FROM session WHERE id = ?",
                arguments: [SessionKey.canonical(id)]
            ).map(SessionSummary.init)
        }
    }

    /// Finds sessions whose id begins with a prefix.
    ///
    /// - Parameter prefix: The prefix.
    /// - Returns: At most two ids, which is enough to detect ambiguity.
    /// - Throws: The database's error.
    package func sessions(withPrefix prefix: String) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT id FROM session WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2",
                arguments: [prefix]
            )
        }
    }

    /// Lists the services of all spans.
    ///
    /// - Returns: The names, sorted.
    /// - Throws: The database's error.
    package func services() async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT DISTINCT value FROM session, json_each(services) WHERE value <> '' ORDER BY value"
            )
        }
    }
}

extension SessionQuery {
    /// The filter in SQL.
    fileprivate var filter: (conditions: [String], arguments: [any DatabaseValueConvertible]) {
        var conditions = ["1"]
        var arguments: [any DatabaseValueConvertible] = []
        if let sinceNanoseconds {
            conditions.append("coalesce(start, received) >= ?")
            arguments.append(sinceNanoseconds)
        }
        if hasErrors { conditions.append("error_count > 0") }
        if let service {
            conditions.append("EXISTS (SELECT 1 FROM json_each(services) WHERE value = ?)")
            arguments.append(service)
        }
        if !text.isEmpty {
            conditions.append(
                """
                (id LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR fields LIKE ? ESCAPE '\\' OR EXISTS (
                    SELECT 1 FROM span JOIN body USING (sequence)
                    WHERE session_id = session.id AND text LIKE ? ESCAPE '\\'
                        AND EXISTS (SELECT 1 FROM json_tree(text) WHERE atom LIKE ? ESCAPE '\\')
                ))
                """
            )
            let (plain, encoded) = (Self.pattern(text), Self.pattern(Self.encoded(text)))
            arguments += [plain, plain, encoded, encoded, plain]
        }
        return (conditions, arguments)
    }

    private static func pattern(_ text: String) -> String {
        let escaped = text.map { #"\%_"#.contains($0) ? "\\\($0)" : String($0) }.joined()
        return "%\(escaped)%"
    }

    /// The text as the content of a JSON string.
    private static func encoded(_ text: String) -> String {
        String(JSONValue.string(text).text.dropFirst().dropLast())
    }
}
