import GRDB
import OTLPWire
import TraceModel
import WireJSON

/// Reads what a database holds.
package struct TraceArchive: Sendable {
    /// Scalars of a name or an error beyond which a line has no more of it.
    package static let lineLimitScalars = 500

    let reader: any DatabaseReader

    init(reader: any DatabaseReader) {
        self.reader = reader
    }

    /// Opens a file to read it, also while another process writes to it.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``TraceDatabaseError`` when there is none, or it cannot be read.
    package init(path: String) throws(TraceDatabaseError) {
        self.init(reader: try DatabaseFile.openToRead(path))
    }

    /// The span with all that it carries, and when it came.
    ///
    /// - Parameters:
    ///   - traceID: The trace, in hexadecimal digits.
    ///   - spanID: The span, in hexadecimal digits.
    /// - Returns: `nil` when there is no such span.
    /// - Throws: What the database says.
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

    /// All spans of a session with all that they carry.
    ///
    /// - Parameter session: The session's id.
    /// - Returns: The spans, in the order in which they came.
    /// - Throws: What the database says.
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

    /// The sessions in which spans of a trace are.
    ///
    /// - Parameter traceID: The trace, in hexadecimal digits.
    /// - Returns: Their ids.
    /// - Throws: What the database says.
    package func sessions(ofTrace traceID: String) async throws -> [String] {
        try await reader.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT DISTINCT session_id FROM span WHERE trace_id = ?",
                arguments: [traceID]
            )
        }
    }

    /// Requests that the collector turned down.
    ///
    /// - Returns: The reasons and when they came, in nanoseconds since 1970, the latest first.
    /// - Throws: What the database says.
    package func refusals() async throws -> [(receivedNanoseconds: Int64, reason: String)] {
        try await reader.read { database in
            try Row.fetchAll(database, sql: "SELECT received, reason FROM refusal ORDER BY sequence DESC")
                .map { ($0["received"], $0["reason"]) }
        }
    }
}
