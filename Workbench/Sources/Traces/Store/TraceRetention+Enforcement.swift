import GRDB

extension TraceRetention {
    /// Removes sessions that are too old, and the oldest ones while the database is too large.
    ///
    /// - Parameters:
    ///   - database: The database, in a transaction.
    ///   - nowNanoseconds: The current time, in nanoseconds since 1970.
    /// - Throws: The database's error.
    func enforce(in database: Database, nowNanoseconds: Int64) throws {
        let (span, overflows) = ageSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        let oldest = overflows ? 0 : nowNanoseconds - span
        try database.execute(sql: "DELETE FROM session WHERE received < ?", arguments: [oldest])
        while try Self.sizeBytes(of: database) > sizeBytes, try removeOldest(in: database) {}
    }

    /// Removes the oldest session; if it is the only one, its oldest spans.
    ///
    /// - Returns: `false` when there is nothing left to remove.
    /// - Throws: The database's error.
    private func removeOldest(in database: Database) throws -> Bool {
        let ids = try String.fetchAll(database, sql: "SELECT id FROM session ORDER BY received LIMIT 2")
        guard let id = ids.first else { return false }
        guard ids.count == 1 else {
            try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
            return true
        }
        try database.execute(
            sql: """
                DELETE FROM span WHERE sequence IN
                    (SELECT sequence FROM span WHERE session_id = ?1 ORDER BY sequence
                        LIMIT (SELECT count(*) / ?2 + 1 FROM span WHERE session_id = ?1))
                """,
            arguments: [id, Self.removedSpanShare]
        )
        guard database.changesCount > 0 else { return false }
        try SessionTotals.refresh(id, in: database)
        return true
    }

    /// The size of the stored data; free pages do not count, because they are reused before the file grows.
    private static func sizeBytes(of database: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
