import GRDB
import OTLP

/// An invocation that `dev` has served.
package struct StoredInvocation: Sendable, Hashable {
    /// The limit of stored invocations; the oldest are removed first.
    static let limitCount = 10_000

    let requestID: String
    let functionName: String
    /// The time of the response or the failure, in nanoseconds since 1970.
    let endNanoseconds: Int64

    /// - Parameters:
    ///   - requestID: The request id.
    ///   - functionName: The function's name.
    ///   - endNanoseconds: The time of the response or the failure, in nanoseconds since 1970.
    package init(requestID: String, functionName: String, endNanoseconds: Int64) {
        self.requestID = requestID
        self.functionName = functionName
        self.endNanoseconds = endNanoseconds
    }
}

extension TraceDatabase {
    /// Records an invocation.
    ///
    /// - Throws: An error when the database cannot be written.
    package func record(_ invocation: StoredInvocation) async throws {
        try await write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO invocation (request_id, function, finish) VALUES (?, ?, ?)",
                arguments: [invocation.requestID, invocation.functionName, invocation.endNanoseconds]
            )
            try database.execute(
                sql: """
                    DELETE FROM invocation WHERE finish <
                        (SELECT finish FROM invocation ORDER BY finish DESC LIMIT 1 OFFSET \(StoredInvocation.limitCount))
                    """
            )
        }
    }
}

extension TraceDatabase {
    /// Records the content of an invocation that is recorded.
    ///
    /// - Throws: An error when the database cannot be written.
    package func record(_ content: InvocationContent, of requestID: String) async throws {
        let limitBytes = min(InvocationContent.limitBytes, retention.sizeBytes / 8)
        try await write { database in
            try content.write(requestID: requestID, limitBytes: limitBytes, in: database)
        }
        announceChange()
    }
}

/// The root span of an invocation.
package struct InvocationSpan: Sendable, Hashable {
    package let sessionID: String
    package let traceID: String
    package let spanID: String

    /// The path of the span in the viewer.
    package var path: String { "/sessions/\(PercentText.encoded(sessionID))#\(traceID)-\(spanID)" }
}

extension TraceArchive {
    /// Finds the root span of an invocation.
    ///
    /// - Returns: `nil` while it has not arrived.
    package func invocationSpan(requestID: String) async throws -> InvocationSpan? {
        try await reader.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT session_id, trace_id, span_id FROM span WHERE request_id = ? LIMIT 1",
                arguments: [requestID]
            ).map { InvocationSpan(sessionID: $0["session_id"], traceID: $0["trace_id"], spanID: $0["span_id"]) }
        }
    }

    /// Finds the spans of a session that arrived after the response of their invocation.
    ///
    /// A span belongs to the invocation whose root span is above it, and that the same service sent.
    ///
    /// - Returns: For each span that belongs to a known invocation whether it was late, by trace and span id.
    package func lateness(of session: String) async throws -> [String: Bool] {
        try await reader.read { database in
            // A read-only file of an earlier version has no such table.
            guard try database.tableExists("invocation") else { return [:] }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    WITH RECURSIVE member (trace_id, span_id, service, received, finish) AS (
                        SELECT span.trace_id, span.span_id, span.service, span.received, invocation.finish
                        FROM span JOIN body USING (sequence) JOIN invocation ON invocation.request_id =
                            (SELECT attribute.value ->> '$.value.stringValue'
                            FROM json_each(text, '$.resourceSpans[0].scopeSpans[0].spans[0].attributes') AS attribute
                            WHERE attribute.value ->> '$.key' = 'faas.invocation_id')
                        WHERE span.session_id = ?1
                        UNION
                        SELECT span.trace_id, span.span_id, span.service, span.received, member.finish
                        FROM member JOIN span ON span.trace_id = member.trace_id AND span.parent_id = member.span_id
                            AND span.service = member.service
                        WHERE span.session_id = ?1
                    )
                    SELECT trace_id, span_id, max(received > finish) AS is_late FROM member GROUP BY trace_id, span_id
                    """,
                arguments: [session]
            )
            return Dictionary(
                rows.map { row in ("\(row["trace_id"] as String)-\(row["span_id"] as String)", row["is_late"] as Bool) }
            ) { $0 || $1 }
        }
    }
}
