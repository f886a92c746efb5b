import GRDB

/// The database schema and its migrations.
///
/// A released migration never changes; changes are added as further migrations. So files of earlier versions can be
/// upgraded, and a file of a later version is recognised by an unknown migration.
enum DatabaseSchema {
    /// The application id that identifies our files, "TrLa" (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int32 = 0x5472_4C61

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 sessions, spans, events", migrate: createTables)
        return migrator
    }

    /// Creates the tables.
    ///
    /// A body is the span as an OTLP/JSON request. The columns of `span` hold the values for lists, in a table of their
    /// own, so that a list of many spans reads little data.
    private static func createTables(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(
            sql: """
                CREATE TABLE session (
                    id TEXT PRIMARY KEY NOT NULL,
                    received INTEGER NOT NULL,
                    fields TEXT NOT NULL DEFAULT '{}',
                    name TEXT,
                    start INTEGER,
                    finish INTEGER,
                    span_count INTEGER NOT NULL DEFAULT 0,
                    error_count INTEGER NOT NULL DEFAULT 0,
                    unfinished_count INTEGER NOT NULL DEFAULT 0,
                    token_count INTEGER NOT NULL DEFAULT 0,
                    services TEXT NOT NULL DEFAULT '[]'
                ) STRICT;
                CREATE INDEX session_received ON session (received);
                CREATE INDEX session_start ON session (start);
                CREATE TABLE span (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                    trace_id TEXT NOT NULL,
                    span_id TEXT NOT NULL,
                    parent_id TEXT,
                    name TEXT NOT NULL,
                    service TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    type TEXT,
                    start INTEGER NOT NULL,
                    finish INTEGER NOT NULL,
                    received INTEGER NOT NULL,
                    error TEXT,
                    is_unfinished INTEGER NOT NULL,
                    is_cold INTEGER,
                    is_sessionless INTEGER NOT NULL,
                    tokens INTEGER,
                    links TEXT,
                    session_name TEXT,
                    UNIQUE (trace_id, span_id)
                ) STRICT;
                CREATE INDEX span_session ON span (session_id, sequence);
                CREATE TABLE body (
                    sequence INTEGER PRIMARY KEY REFERENCES span (sequence) ON DELETE CASCADE,
                    text TEXT NOT NULL
                ) STRICT;
                CREATE TABLE event (
                    id TEXT PRIMARY KEY NOT NULL,
                    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                    fields TEXT NOT NULL
                ) STRICT;
                CREATE INDEX event_session ON event (session_id);
                CREATE TABLE refusal (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    received INTEGER NOT NULL,
                    reason TEXT NOT NULL
                ) STRICT;
                """
        )
    }
}
