import GRDB
import OTLP

extension TraceArchive {
    /// Finds sessions in the query's order.
    ///
    /// - Returns: At most ``SessionQuery/limit`` sessions, after the first ``SessionQuery/offset``.
    package func sessions(_ query: SessionQuery) async throws -> [SessionSummary] {
        try await reader.read { database in
            let filter = query.filter
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT substr(name, 1, \(Self.lineLimitScalars)) AS name, '{}' AS fields, *
                    FROM session WHERE \(filter.conditions.joined(separator: " AND "))
                    ORDER BY \(query.order.sql) \(query.isAscending ? "ASC" : "DESC"), id
                    LIMIT \(min(max(query.limit, 0), SessionQuery.limitCount)) OFFSET \(max(query.offset, 0))
                    """,
                arguments: StatementArguments(filter.arguments)
            ).map(SessionSummary.init)
        }
    }

    /// Counts all sessions that a query finds, whatever its limit and offset.
    package func sessionCount(_ query: SessionQuery) async throws -> Int {
        try await reader.read { database in
            let filter = query.filter
            return try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM session WHERE \(filter.conditions.joined(separator: " AND "))",
                arguments: StatementArguments(filter.arguments)
            ) ?? 0
        }
    }

    /// Finds the spans of a session whose name or content has a text, ignoring case.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - session: The session.
    /// - Returns: The ids of trace and span, joined by a hyphen; at most ``SessionQuery/spanLimitCount``.
    /// - Throws: The database's error.
    func spanKeys(with text: String, in session: SessionSummary) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT trace_id || '-' || span_id FROM span JOIN body USING (sequence)
                    WHERE session_id = ? AND (name LIKE ? ESCAPE '\\' OR \(SessionQuery.hasText))
                    ORDER BY sequence LIMIT \(SessionQuery.spanLimitCount)
                    """,
                arguments: StatementArguments(
                    [session.id, SessionQuery.pattern(text)] + SessionQuery.textArguments(text)
                )
            )
        }
    }

    /// Finds a session by id.
    ///
    /// `id`: The session's id; a UUID in any notation.
    /// Returns `nil` when the session is unknown.
    package func session(_ id: String) async throws -> SessionSummary? {
        try await reader.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT substr(name, 1, \(Self.lineLimitScalars)) AS name, * FROM session WHERE id = ?",
                arguments: [SessionScope.key(of: id)]
            ).map(SessionSummary.init)
        }
    }

    /// Finds sessions whose id begins with a prefix.
    ///
    /// - Returns: At most two ids, which is enough to detect ambiguity.
    package func sessions(withPrefix prefix: String) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT id FROM session WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2",
                arguments: [prefix]
            )
        }
    }

    /// Lists the ids of all sessions, earliest arrival first.
    package func sessionIDs() async throws -> [String] {
        try await reader.read { try String.fetchAll($0, sql: "SELECT id FROM session ORDER BY received, id") }
    }

    /// Lists the services of all spans.
    ///
    /// - Returns: The names, sorted.
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
        if let minimumNanoseconds {
            conditions.append("finish - start >= ?")
            arguments.append(minimumNanoseconds)
        }
        if let error {
            conditions.append("EXISTS (SELECT 1 FROM span WHERE session_id = session.id AND error LIKE ? ESCAPE '\\')")
            arguments.append(Self.pattern(error))
        }
        if let user {
            conditions.append(
                """
                (EXISTS (SELECT 1 FROM span WHERE session_id = session.id AND user = ?)
                    OR EXISTS (SELECT 1 FROM json_tree(fields, '$.user_properties') WHERE atom = ?))
                """
            )
            arguments += [user, user]
        }
        if let tag {
            conditions.append(
                "EXISTS (SELECT 1 FROM span, json_each(tags) WHERE session_id = session.id AND value = ?)"
            )
            arguments.append(tag)
        }
        if let attribute {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM span JOIN body USING (sequence), json_tree(text) AS member
                    WHERE session_id = session.id AND text LIKE ? ESCAPE '\\'
                        AND member.key = 'key' AND member.atom = ?
                        AND (? IS NULL OR EXISTS (
                            SELECT 1 FROM json_tree(text, member.path || '.value') AS found
                            WHERE CAST(found.atom AS TEXT) = ?)))
                """
            )
            arguments += [Self.pattern(Self.encoded(attribute.name)), attribute.name]
            // A parameter without a value is NULL.
            let value: any DatabaseValueConvertible = attribute.value ?? DatabaseValue.null
            arguments += [value, value]
        }
        if let service {
            conditions.append("EXISTS (SELECT 1 FROM json_each(services) WHERE value = ?)")
            arguments.append(service)
        }
        if !text.isEmpty {
            conditions.append(
                """
                (id LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR fields LIKE ? ESCAPE '\\' OR EXISTS (
                    SELECT 1 FROM span JOIN body USING (sequence)
                    WHERE session_id = session.id AND \(Self.hasText)
                ))
                """
            )
            let plain = Self.pattern(text)
            arguments += [plain, plain, Self.pattern(Self.encoded(text))] + Self.textArguments(text)
        }
        return (conditions, arguments)
    }

    /// The condition that a span's content has a text: first in the whole JSON, then in one of its values.
    fileprivate static let hasText = """
        text LIKE ? ESCAPE '\\' AND EXISTS (SELECT 1 FROM json_tree(text) WHERE atom LIKE ? ESCAPE '\\')
        """

    fileprivate static func textArguments(_ text: String) -> [any DatabaseValueConvertible] {
        [pattern(encoded(text)), pattern(text)]
    }

    fileprivate static func pattern(_ text: String) -> String {
        let escaped = text.map { #"\%_"#.contains($0) ? "\\\($0)" : String($0) }.joined()
        return "%\(escaped)%"
    }

    /// The text as the content of a JSON string.
    private static func encoded(_ text: String) -> String {
        String(JSONValue.string(text).text.dropFirst().dropLast())
    }
}

/// Filter and limit of a list of sessions.
package struct SessionQuery: Sendable, Hashable {
    /// The largest number of sessions in a list.
    package static let limitCount = 200
    /// The largest number of spans that a search within a session finds.
    static let spanLimitCount = 10_000

    /// The value by which a list is sorted.
    package enum Order: String, Sendable, CaseIterable {
        case started, name, duration, spans, tokens, cost, errors

        fileprivate var sql: String {
            switch self {
            case .started: "coalesce(start, received)"
            case .name: "name COLLATE NOCASE"
            case .duration: "coalesce(finish - start, 0)"
            case .spans: "span_count"
            case .tokens: "token_count"
            case .cost: "cost"
            case .errors: "error_count"
            }
        }
    }

    /// An attribute that a span must have.
    package struct Attribute: Sendable, Hashable {
        let name: String
        /// The value as text; `nil` for any.
        let value: String?

        /// Parses `NAME` or `NAME=VALUE`; `nil` without a name.
        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, !name.isEmpty else { return nil }
            self.name = name
            value = parts.count > 1 ? parts[1] : nil
        }
    }

    /// A text that the session's id or name, or a span's name or content, must contain, ignoring case.
    package var text = ""
    /// A service of which the session must have a span.
    package var service: String?
    /// True to require a failed span.
    package var hasErrors = false
    /// The earliest start time, in nanoseconds since 1970.
    var sinceNanoseconds: Int64?
    /// The shortest duration, in nanoseconds.
    var minimumNanoseconds: Int64?
    /// A text that the error of a span must contain, ignoring case.
    var error: String?
    /// The user that a span or the session must name.
    var user: String?
    /// A tag that a span must have.
    var tag: String?
    /// An attribute that a span must have.
    var attribute: Attribute?
    /// The value by which the list is sorted.
    var order = Order.started
    /// True to sort from the smallest value to the largest.
    var isAscending = false
    /// The number of sessions before the first of the list.
    var offset = 0
    /// The largest number of sessions to return.
    package var limit = limitCount

    /// Creates a query that matches all sessions.
    package init() {}
}

extension StoredSpan {
    init?(_ row: Row) {
        let text: String = row["text"]
        let request = try? OTLPJSON.spans(in: Array(text.utf8))
        guard let span = request?.first else { return nil }
        self.init(span: span, receivedNanoseconds: row["received"], estimatedDollars: row["estimate"])
    }
}

extension SessionSummary {
    init(_ row: Row) {
        let services: String = row["services"]
        let fields: String = row["fields"]
        self.init(
            id: row["id"],
            name: row["name"],
            startNanoseconds: row["start"],
            endNanoseconds: row["finish"],
            receivedNanoseconds: row["received"],
            spanCount: row["span_count"],
            errorCount: row["error_count"],
            unfinishedCount: row["unfinished_count"],
            tokenCount: row["token_count"],
            dollars: row["cost"],
            services: (try? JSONValue(parsing: services))?.array?.compactMap(\.string) ?? [],
            fields: (try? JSONValue(parsing: Array(fields.utf8), depthLimit: OTLPJSON.depthLimit))?.object
                ?? JSONObject()
        )
    }
}
