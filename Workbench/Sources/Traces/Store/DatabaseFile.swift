import FoundationEssentials
import GRDB
import OTLP

/// Opens a database file after a read-only inspection.
enum DatabaseFile {
    /// The time limit for another process's write lock, in seconds.
    static let busyTimeoutSeconds = 10.0

    /// Opens a file for reading and writing; creates it when it does not exist.
    static func open(_ path: String) throws(TraceDatabaseError) -> any DatabaseWriter {
        if try hasContents(path) { _ = try inspect(path) } else { try makeFolder(of: path) }
        return try explaining(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try migrator.migrate(pool)
            return pool
        }
    }

    /// Opens a file read-only.
    static func openToRead(_ path: String) throws(TraceDatabaseError) -> any DatabaseReader {
        guard try hasContents(path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw TraceDatabaseError(.missing, path, isThere ? "it is empty" : "there is no such file")
        }
        guard try inspect(path) else { throw TraceDatabaseError(.missing, path, "it is empty") }
        return try explaining(path) {
            var configuration = configuration
            configuration.readonly = true
            return try DatabasePool(path: path, configuration: configuration)
        }
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "traces"
        return configuration
    }

    /// False for an empty file, which remains when a process was killed before its first write.
    private static func hasContents(_ path: String) throws(TraceDatabaseError) -> Bool {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return false }
        guard !isDirectory else { throw TraceDatabaseError(.unusable, path, "it is a directory") }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw TraceDatabaseError(.unusable, path, "it may not be read")
        }
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let size = try? FileManager.default.attributesOfItem(atPath: target)[.size] as? Int
        return size != 0
    }

    private static func makeFolder(of path: String) throws(TraceDatabaseError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TraceDatabaseError(.unusable, path, "its folder cannot be made: \(error)")
        }
    }

    /// Checks that the file is a database of this program.
    ///
    /// - Returns: False for a database without tables.
    private static func inspect(_ path: String) throws(TraceDatabaseError) -> Bool {
        let inspection = try explaining(path) {
            var configuration = configuration
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration).read(Inspection.init)
        }
        // A process that is killed before its first migration is complete leaves a database without tables.
        guard inspection.applicationID == applicationID || inspection.tableCount == 0 else {
            throw TraceDatabaseError(.corrupt, path, "it is the database of another program")
        }
        guard inspection.damage == "ok" else { throw TraceDatabaseError(.corrupt, path, inspection.damage) }
        guard !inspection.isSuperseded else {
            throw TraceDatabaseError(.newer, path, "its schema is unknown here")
        }
        return inspection.tableCount > 0
    }

    private struct Inspection {
        let applicationID: Int32
        let tableCount: Int
        let damage: String
        let isSuperseded: Bool

        init(_ database: Database) throws {
            applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            tableCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            damage = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer of quick_check"
            isSuperseded = try migrator.hasBeenSuperseded(database)
        }
    }

    private static func explaining<Result>(
        _ path: String,
        _ work: () throws -> Result
    ) throws(TraceDatabaseError) -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            let isDamaged = [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode)
            throw TraceDatabaseError(isDamaged ? .corrupt : .unusable, path, error.message ?? "\(error.resultCode)")
        } catch {
            throw TraceDatabaseError(.unusable, path, "\(error)")
        }
    }
}

/// The schema and its migrations.
///
/// A released migration never changes; changes are added as further migrations. So files of earlier versions can be
/// upgraded, and a file of a later version is recognised by an unknown migration.
extension DatabaseFile {
    /// The application id that identifies our files, "TrLa" (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int32 = 0x5472_4C61

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 sessions, spans, events", migrate: createTables)
        migrator.registerMigration("2 normal form", migrate: addNormalForm)
        migrator.registerMigration("3 invocations", migrate: addInvocations)
        migrator.registerMigration("4 experiments", migrate: addDocuments)
        migrator.registerMigration("5 logs, metrics, request ids", migrate: addLogs)
        migrator.registerMigration("6 contents of invocations", migrate: addInvocationContents)
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

extension DatabaseFile {
    /// Adds the columns of the normal form, and fills them for the stored spans.
    private static func addNormalForm(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE span ADD COLUMN model TEXT;
                ALTER TABLE span ADD COLUMN cost REAL;
                ALTER TABLE span ADD COLUMN is_cost_estimate INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE span ADD COLUMN user TEXT;
                ALTER TABLE span ADD COLUMN tags TEXT;
                ALTER TABLE session ADD COLUMN cost REAL NOT NULL DEFAULT 0;
                ALTER TABLE event ADD COLUMN sequence INTEGER;
                UPDATE event SET sequence = (SELECT sequence FROM span JOIN body USING (sequence)
                    WHERE span.session_id = event.session_id AND instr(text, event.id) > 0 LIMIT 1);
                CREATE INDEX event_sequence ON event (sequence);
                CREATE INDEX span_trace ON span (trace_id, session_id);
                CREATE INDEX span_tokens ON span (trace_id, parent_id) WHERE tokens IS NOT NULL;
                """
        )
        let rows = try Row.fetchCursor(database, sql: "SELECT sequence, text FROM body ORDER BY sequence")
        while let row = try rows.next() {
            let text: String = row["text"]
            guard let span = (try? OTLPJSON.spans(in: Array(text.utf8)))?.first else { continue }
            try NormalColumns(NormalSpan(span), prices: .builtIn).update(row["sequence"], in: database)
        }
        for id in try String.fetchAll(database, sql: "SELECT id FROM session") { try database.refreshTotals(of: id) }
    }
}

extension DatabaseFile {
    /// Adds the invocations that `dev` has served, with which late spans are recognised.
    private static func addInvocations(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE invocation (
                    request_id TEXT PRIMARY KEY NOT NULL,
                    function TEXT NOT NULL,
                    finish INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX invocation_finish ON invocation (finish);
                """
        )
    }
}

extension DatabaseFile {
    /// Adds the runs, datasets and datapoints of HoneyHive's client.
    private static func addDocuments(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE document (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    kind TEXT NOT NULL,
                    id TEXT NOT NULL,
                    fields TEXT NOT NULL,
                    UNIQUE (kind, id)
                ) STRICT;
                """
        )
    }
}

extension DatabaseFile {
    /// Adds log records, the counts of metrics, and the request ids of root spans, by which an invocation's trace is found.
    ///
    /// A record belongs to a session through the spans of its trace, which may arrive after it. It is removed with its span,
    /// and with the last span of its trace. The replacement of a span by its finished form fires no trigger
    /// (https://www.sqlite.org/lang_conflict.html).
    private static func addLogs(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE log (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    trace_id TEXT,
                    span_id TEXT,
                    time INTEGER NOT NULL,
                    received INTEGER NOT NULL,
                    text TEXT NOT NULL
                ) STRICT;
                CREATE INDEX log_span ON log (trace_id, span_id, time);
                CREATE INDEX log_received ON log (received);
                CREATE TRIGGER span_removed AFTER DELETE ON span BEGIN
                    DELETE FROM log WHERE trace_id = OLD.trace_id AND (span_id = OLD.span_id
                        OR NOT EXISTS (SELECT 1 FROM span WHERE trace_id = OLD.trace_id));
                END;
                CREATE TABLE metric (
                    service TEXT PRIMARY KEY NOT NULL,
                    point_count INTEGER NOT NULL,
                    received INTEGER NOT NULL
                ) STRICT;
                ALTER TABLE span ADD COLUMN request_id TEXT;
                CREATE INDEX span_request ON span (request_id) WHERE request_id IS NOT NULL;
                """
        )
    }
}

/// An error of opening a trace database.
package struct TraceDatabaseError: Error, Sendable, Hashable {
    /// The kind of error.
    package enum Code: Sendable {
        /// The file is not a database, is damaged, or belongs to another program.
        case corrupt
        /// A later version of this program created the file.
        case newer
        /// The file does not exist.
        case missing
        /// The system does not permit access to the file.
        case unusable
    }

    /// The kind of error.
    package let code: Code
    /// The file.
    package let path: String
    /// The error message, for people.
    package let reason: String

    init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }
}

extension TraceDatabaseError: CustomStringConvertible {
    /// The file, the cause and the remedy, for people.
    package var description: String {
        switch code {
        case .corrupt:
            "the trace database '\(path)' cannot be read: \(reason). It was left as it is; move it away to start a new one."
        case .newer:
            "the trace database '\(path)' is of a later version of traced-lambda (\(reason)). "
                + "It was left as it is; update traced-lambda, or name another file."
        case .missing:
            "there is no trace database '\(path)' (\(reason)). 'traced-lambda dev' and 'collect' make one; --database names "
                + "another file, and --port asks a running server."
        case .unusable: "the trace database '\(path)' cannot be used: \(reason)"
        }
    }
}

extension DatabaseFile {
    /// Adds the events, responses and logs of the invocations that `dev` has served.
    private static func addInvocationContents(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE invocation_content (
                    request_id TEXT PRIMARY KEY NOT NULL REFERENCES invocation (request_id) ON DELETE CASCADE,
                    facts TEXT NOT NULL,
                    event BLOB NOT NULL,
                    response BLOB NOT NULL,
                    log BLOB NOT NULL,
                    byte_count INTEGER NOT NULL
                ) STRICT;
                """
        )
    }
}
