import GRDB

extension TraceRetention {
    /// Removes what is too old or too much.
    ///
    /// - Parameters:
    ///   - database: The database, in a transaction.
    ///   - nowNanoseconds: The time, in nanoseconds since 1970.
    /// - Throws: What the database says.
    func enforce(in database: Database, nowNanoseconds: Int64) throws {
        let (span, overflows) = ageSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        let oldest = overflows ? 0 : nowNanoseconds - span
        try database.execute(sql: "DELETE FROM session WHERE received < ?", arguments: [oldest])
        while try Self.sizeBytes(of: database) > sizeBytes, try removeOldest(in: database) {}
    }

    /// Removes the oldest session; when there is only one, its oldest spans.
    ///
    /// - Returns: `false` when there is nothing left to remove.
    /// - Throws: What the database says.
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

    /// The size of what is stored; pages that are free are used again before the file grows.
    private static func sizeBytes(of database: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
