import GRDB
package import OTLP

/// Read access to the trace database.
package struct TraceArchive: Sendable {
    /// The limit of a name or error in a list, in Unicode scalars.
    static let lineLimitScalars = 500

    let reader: any DatabaseReader
}

extension TraceArchive {
    /// Opens a file read-only; another process may write to it meanwhile.
    ///
    /// - Throws: ``TraceDatabaseError`` when the file does not exist or cannot be read.
    package init(path: String) throws(TraceDatabaseError) {
        self.init(reader: try DatabaseFile.openToRead(path))
    }

    /// Finds a span with all its data.
    ///
    /// `traceID`: The trace id, in hexadecimal digits.
    /// `spanID`: The span id, in hexadecimal digits.
    /// Returns `nil` when there is no such span.
    package func span(traceID: String, spanID: String) async throws -> StoredSpan? {
        try await reader.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT text, received, is_sessionless FROM span JOIN body USING (sequence)
                    WHERE trace_id = ? AND span_id = ?
                    """,
                arguments: [traceID, spanID]
            ).flatMap(StoredSpan.init)
        }
    }

    /// Reads all spans of a session with all their data.
    ///
    /// - Returns: The spans, in order of arrival.
    package func spans(of session: String) async throws -> [StoredSpan] {
        try await reader.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT text, received, is_sessionless FROM span JOIN body USING (sequence)
                    WHERE session_id = ? ORDER BY sequence
                    """,
                arguments: [session]
            ).compactMap(StoredSpan.init)
        }
    }

    /// Finds the sessions that contain spans of a trace.
    ///
    /// `traceID`: The trace id, in hexadecimal digits.
    package func sessions(ofTrace traceID: String) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT DISTINCT session_id FROM span WHERE trace_id = ?",
                arguments: [traceID]
            )
        }
    }

    /// Lists rejected requests.
    ///
    /// - Returns: The reasons with their times in nanoseconds since 1970, latest first.
    package func refusals() async throws -> [(receivedNanoseconds: Int64, reason: String)] {
        try await reader.read { database in
            try Row.fetchAll(database, sql: "SELECT received, reason FROM refusal ORDER BY sequence DESC")
                .map { ($0["received"], $0["reason"]) }
        }
    }
}

/// A stored span with all its data.
package struct StoredSpan: Sendable, Hashable {
    package let span: TraceSpan
    /// The arrival time, in nanoseconds since 1970.
    package let receivedNanoseconds: Int64
}
