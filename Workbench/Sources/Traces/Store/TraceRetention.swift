import GRDB

/// Retention limits of a trace database.
package struct TraceRetention: Sendable, Hashable {
    /// The default age limit: a session without arrivals for this long is removed, in seconds.
    package static let defaultAgeSeconds: Int64 = 7 * 86_400
    /// The default size limit, beyond which the oldest sessions are removed, in bytes.
    package static let defaultSizeBytes: Int64 = 512 * 1_024 * 1_024
    /// Divisor for a single session above the size limit: this fraction of its spans is removed at a time, oldest
    /// first.
    static let removedSpanShare = 10
    /// The limit of log records; the oldest are removed first.
    package static let logLimitCount = 200_000

    /// The age limit: a session without arrivals for this long is removed, in seconds.
    let ageSeconds: Int64
    /// The size limit, beyond which the oldest sessions are removed, in bytes.
    package let sizeBytes: Int64

    /// Creates retention limits.
    ///
    /// - Parameters:
    ///   - ageSeconds: The age limit: a session without arrivals for this long is removed.
    ///   - sizeBytes: The size limit, beyond which the oldest sessions are removed.
    package init(ageSeconds: Int64 = defaultAgeSeconds, sizeBytes: Int64 = defaultSizeBytes) {
        self.ageSeconds = ageSeconds
        self.sizeBytes = sizeBytes
    }
}

extension TraceRetention {
    /// Removes sessions that are too old, and the oldest ones while the database is too large.
    ///
    /// `nowNanoseconds`: The current time, in nanoseconds since 1970.
    func enforce(in database: Database, nowNanoseconds: Int64) throws {
        let (span, overflows) = ageSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        let oldest = overflows ? 0 : nowNanoseconds - span
        for table in ["session", "log", "metric"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE received < ?", arguments: [oldest])
        }
        try database.execute(sql: "DELETE FROM invocation WHERE finish < ?", arguments: [oldest])
        try database.execute(
            sql: "DELETE FROM log WHERE sequence <= (SELECT max(sequence) FROM log) - ?",
            arguments: [Self.logLimitCount]
        )
        while try Self.sizeBytes(of: database) > sizeBytes, try removeOldest(in: database) {}
    }

    /// Removes the oldest session; if it is the only one, its oldest spans.
    ///
    /// - Returns: `false` when there is nothing left to remove.
    private func removeOldest(in database: Database) throws -> Bool {
        let ids = try String.fetchAll(database, sql: "SELECT id FROM session ORDER BY received LIMIT 2")
        guard let id = ids.first else {
            try database.execute(
                sql: """
                    DELETE FROM log WHERE sequence <=
                        (SELECT min(sequence) + (max(sequence) - min(sequence)) / ? FROM log)
                    """,
                arguments: [Self.removedSpanShare]
            )
            return database.changesCount > 0
        }
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
        try database.refreshTotals(of: id)
        return true
    }

    /// The size of the stored data; free pages do not count, because they are reused before the file grows.
    private static func sizeBytes(of database: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
