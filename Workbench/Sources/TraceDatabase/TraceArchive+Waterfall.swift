import GRDB
import WireJSON

extension TraceArchive {
    /// What a line of a waterfall shows of its span, each by its name and its SQL: enough for the line, and no more, as a
    /// session may have many.
    ///
    /// Times are in microseconds since 1970 with three digits after the point, as JavaScript has no whole numbers as large
    /// as nanoseconds since then; the duration is in nanoseconds.
    private static let columns: [(name: String, sql: String)] = [
        ("trace", "trace_id"), ("span", "span_id"), ("parent", "parent_id"),
        ("name", "substr(name, 1, \(lineLimitScalars))"), ("service", "service"), ("kind", "kind"), ("type", "type"),
        ("start", microseconds("start")), ("duration", "max(0, finish - start)"),
        ("received", microseconds("received")), ("error", "substr(error, 1, \(lineLimitScalars))"),
        ("unfinished", boolean("is_unfinished")), ("cold", boolean("is_cold")),
        ("sessionless", boolean("is_sessionless")), ("tokens", "tokens"), ("links", "json(links)"),
    ]

    /// The lines of a session's waterfall as JSON: `{"session", "columns", "rows", "sequence"}`.
    ///
    /// SQLite writes it: through values of ours ten thousand lines would take as long as all else together. A name for each
    /// value of each line would be most of it, so the names are there once.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - sequence: The place in the order in which spans came after which lines are wanted; 0 for all. The answer's
    ///     `sequence` is the place of the last.
    /// - Returns: The JSON, in UTF-8.
    /// - Throws: What the database says.
    package func waterfall(of session: SessionSummary, after sequence: Int64) async throws -> [UInt8] {
        let names = JSONValue.array(Self.columns.map { .string($0.name) }).text
        let line = Self.columns.map(\.sql).joined(separator: ", ")
        let text = try await reader.read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT json_object('session', json(?1), 'columns', json(?2), 'rows', json_group_array(json_array(\(line))),
                        'sequence', coalesce(max(sequence), ?4))
                    FROM (SELECT * FROM span WHERE session_id = ?3 AND sequence > ?4 ORDER BY sequence)
                    """,
                arguments: [session.json.text, names, session.id, sequence]
            )
        }
        return Array((text ?? "{}").utf8)
    }

    private static func microseconds(_ column: String) -> String {
        "json(printf('%d.%03d', \(column) / 1000, abs(\(column) % 1000)))"
    }

    private static func boolean(_ column: String) -> String {
        "json(CASE \(column) WHEN 0 THEN 'false' WHEN 1 THEN 'true' END)"
    }
}
