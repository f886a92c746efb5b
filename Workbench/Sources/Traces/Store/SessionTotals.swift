import GRDB
import OTLP

/// Recomputes a session's summary columns after each change, so that they do not depend on the order of arrival.
enum SessionTotals {
    static func refresh(_ id: String, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE session SET (start, finish, span_count, error_count, unfinished_count, token_count, services) =
                    (SELECT min(nullif(start, 0)), max(finish), count(*), count(error), count(nullif(is_unfinished, 0)),
                        CAST(total(tokens) AS INTEGER), json_group_array(DISTINCT service)
                    FROM span WHERE session_id = session.id)
                WHERE id = ?
                """
        ).execute(arguments: [id])
        try database.execute(sql: "UPDATE session SET name = ? WHERE id = ?", arguments: [try name(id, database), id])
    }

    /// The session's name: from its start call, else from a span's session name, else the name of its first span.
    private static func name(_ id: String, _ database: Database) throws -> String? {
        let given = "SELECT fields ->> '$.session_name' FROM session WHERE id = ?"
        if let name = try String.fetchOne(database, sql: given, arguments: [id]), !name.isEmpty { return name }
        let first = """
            SELECT coalesce(session_name, name) FROM span WHERE session_id = ?
            ORDER BY session_name IS NULL, parent_id IS NOT NULL, start LIMIT 1
            """
        return try String.fetchOne(database, sql: first, arguments: [id])
    }
}
