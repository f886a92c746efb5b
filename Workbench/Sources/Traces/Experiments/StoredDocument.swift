import GRDB
import OTLP

/// A run, a dataset or a datapoint: an object of HoneyHive's API that is kept as it was sent.
struct StoredDocument: Sendable, Hashable {
    /// The kind of object.
    enum Kind: String, Sendable {
        case run
        case dataset
        case datapoint
    }

    /// The limit of objects of a kind; further ones are refused.
    static let limitCount = 100_000

    let id: String
    var fields: JSONObject
}

extension TraceDatabase {
    /// Stores an object; replaces one of the same id.
    func put(_ document: StoredDocument, _ kind: StoredDocument.Kind) async throws {
        try await write { database in
            let count = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM document WHERE kind = ?",
                arguments: [kind.rawValue]
            )
            guard (count ?? 0) < StoredDocument.limitCount else {
                throw CollectorError(.tooLarge, "there are \(StoredDocument.limitCount) objects of this kind")
            }
            try database.execute(
                sql: """
                    INSERT INTO document (kind, id, fields) VALUES (?1, ?2, ?3)
                    ON CONFLICT (kind, id) DO UPDATE SET fields = excluded.fields
                    """,
                arguments: [kind.rawValue, document.id, JSONValue.object(document.fields).text]
            )
        }
    }

    /// Removes an object.
    func remove(_ kind: StoredDocument.Kind, _ id: String) async throws {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM document WHERE kind = ? AND id = ?",
                arguments: [kind.rawValue, id]
            )
        }
    }
}

extension TraceArchive {
    func document(_ kind: StoredDocument.Kind, _ id: String) async throws -> StoredDocument? {
        try await documents(kind, id: id).first
    }

    /// Lists objects, the latest first.
    func documents(_ kind: StoredDocument.Kind, id: String? = nil) async throws -> [StoredDocument] {
        try await reader.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, fields FROM document WHERE kind = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY sequence DESC
                    """,
                arguments: [kind.rawValue, id]
            ).map { row in
                let text: String = row["fields"]
                return StoredDocument(id: row["id"], fields: (try? JSONValue(parsing: text))?.object ?? JSONObject())
            }
        }
    }

    /// Finds the sessions that say that they belong to a run.
    func sessions(ofRun run: String) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT id FROM session WHERE fields ->> '$.metadata.run_id' = ? ORDER BY received",
                arguments: [run]
            )
        }
    }
}
