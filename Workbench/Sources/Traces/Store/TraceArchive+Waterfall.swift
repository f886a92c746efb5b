import GRDB
import OTLP

extension TraceArchive {
    /// The columns of a waterfall line, each with its name and SQL.
    ///
    /// Limited to the values that a line shows, because a session may have many spans. Times are in microseconds since
    /// 1970 with three decimal places, because JavaScript's integers are too small for nanoseconds since 1970; the
    /// duration is in nanoseconds.
    private static let columns: [(name: String, sql: String)] = [
        ("trace", "trace_id"), ("span", "span_id"), ("parent", "parent_id"),
        ("name", "substr(name, 1, \(lineLimitScalars))"), ("service", "service"), ("kind", "kind"), ("type", "type"),
        ("start", microseconds("start")), ("duration", "max(0, finish - start)"),
        ("received", microseconds("received")), ("error", "substr(error, 1, \(lineLimitScalars))"),
        ("unfinished", boolean("is_unfinished")), ("cold", boolean("is_cold")),
        ("sessionless", boolean("is_sessionless")), ("tokens", "tokens"), ("links", "json(links)"),
        ("model", "model"), ("cost", "cost"),
    ]

    /// Reads a session's waterfall as JSON: `{"session", "columns", "rows", "sequence", "elsewhere"}`.
    ///
    /// SQLite writes the JSON: converting ten thousand lines through Swift values would take as long as all other steps
    /// together. Column names are sent once, because repeated per line they would make up most of the response.
    ///
    /// `sequence`: Return only spans that arrived after this sequence number; 0 for all. The response's `sequence` is
    /// that of the last line.
    /// Returns the JSON, in UTF-8.
    func waterfall(of session: SessionSummary, after sequence: Int64) async throws -> [UInt8] {
        let elsewhere = JSONValue.array(try await tracesElsewhere(of: session.id).map(\.json)).text
        let names = JSONValue.array(Self.columns.map { .string($0.name) }).text
        let line = Self.columns.map(\.sql).joined(separator: ", ")
        let text = try await reader.read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT json_object('session', json(?1), 'columns', json(?2), 'rows', json_group_array(json_array(\(line))),
                        'sequence', coalesce(max(sequence), ?4), 'elsewhere', json(?5))
                    FROM (SELECT * FROM span WHERE session_id = ?3 AND sequence > ?4 ORDER BY sequence)
                    """,
                arguments: [session.json.text, names, session.id, sequence, elsewhere]
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
