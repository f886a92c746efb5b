import GRDB
package import OTLP

extension TraceArchive {
    /// Finds sessions, latest first.
    ///
    /// - Returns: At most ``SessionQuery/limit`` sessions.
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

/// Filter and limit of a list of sessions.
package struct SessionQuery: Sendable, Hashable {
    /// The largest number of sessions in a list.
    package static let limitCount = 200

    /// A text that the session's id or name, or a span's name or content, must contain, ignoring case.
    package var text = ""
    /// A service of which the session must have a span.
    package var service: String?
    /// True to require a failed span.
    package var hasErrors = false
    /// The earliest start time, in nanoseconds since 1970.
    var sinceNanoseconds: Int64?
    /// The largest number of sessions to return.
    package var limit = limitCount

    /// Creates a query that matches all sessions.
    package init() {}
}

/// A session's values for lists.
package struct SessionSummary: Sendable, Hashable {
    /// The session's id; `trace-…` for a trace whose spans name no session.
    package let id: String
    /// The session's name.
    package let name: String?
    /// The start of the first span, in nanoseconds since 1970; `nil` without spans.
    package let startNanoseconds: Int64?
    /// The end of the last span, in nanoseconds since 1970.
    package let endNanoseconds: Int64?
    /// The time of the session's last arrival, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
    /// The number of spans.
    package let spanCount: Int
    /// The number of failed spans.
    package let errorCount: Int
    /// The number of unfinished spans.
    let unfinishedCount: Int
    /// The tokens of all model calls.
    package let tokenCount: Int64
    /// The cost of all model calls, in US dollars.
    package let dollars: Double
    /// The services of the spans.
    package let services: [String]
    /// The session's fields.
    package let fields: JSONObject

    /// The summary in the workbench's own JSON.
    package var json: JSONValue {
        [
            "id": .string(id), "name": name.map(JSONValue.string) ?? .null, "start": number(startNanoseconds),
            "end": number(endNanoseconds), "received": number(receivedNanoseconds),
            "spanCount": .number(JSONNumber(spanCount)), "errorCount": .number(JSONNumber(errorCount)),
            "unfinishedCount": .number(JSONNumber(unfinishedCount)), "tokenCount": .number(JSONNumber(tokenCount)),
            "cost": JSONNumber(dollars).map(JSONValue.number) ?? .null,
            "services": .array(services.map(JSONValue.string)), "fields": .object(fields),
        ]
    }

    private func number(_ value: Int64?) -> JSONValue {
        value.map { .number(JSONNumber($0)) } ?? .null
    }
}

extension SessionSummary {
    /// Parses the output of ``json``.
    ///
    /// - Parameter json: The JSON; the result is `nil` when it is not a summary.
    package init?(json: JSONValue) {
        guard let object = json.object, let id = object["id"]?.string else { return nil }
        func number(_ name: String) -> Int64? { object[name]?.number?.int64 }
        self.init(
            id: id,
            name: object["name"]?.string,
            startNanoseconds: number("start"),
            endNanoseconds: number("end"),
            receivedNanoseconds: number("received") ?? 0,
            spanCount: Int(clamping: number("spanCount") ?? 0),
            errorCount: Int(clamping: number("errorCount") ?? 0),
            unfinishedCount: Int(clamping: number("unfinishedCount") ?? 0),
            tokenCount: number("tokenCount") ?? 0,
            dollars: object["cost"]?.number?.double ?? 0,
            services: object["services"]?.array?.compactMap(\.string) ?? [],
            fields: object["fields"]?.object ?? JSONObject()
        )
    }
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
