import GRDB
package import OTLP

/// Read access to the trace database.
package struct TraceArchive: Sendable {
    /// The limit of a name or error in a list, in Unicode scalars.
    static let lineLimitScalars = 500
    /// The limit of other sessions that are named for a session's traces.
    static let elsewhereLimitCount = 20

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
                    SELECT text, received, iif(is_cost_estimate, cost, NULL) AS estimate FROM span JOIN body USING (sequence)
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
                    SELECT text, received, iif(is_cost_estimate, cost, NULL) AS estimate FROM span JOIN body USING (sequence)
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

    /// Exports a session as OTLP requests, from which a collector of this program makes the same session.
    ///
    /// - Throws: An error when the database cannot be read.
    package func export(_ session: SessionSummary) async throws -> [JSONValue] {
        let spans = try await reader.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT text, received, NULL AS estimate, event.fields AS event
                    FROM span JOIN body USING (sequence)
                        LEFT JOIN event ON event.sequence = span.sequence
                    WHERE span.session_id = ? ORDER BY span.sequence
                    """,
                arguments: [session.id]
            ).compactMap { row -> (span: TraceExport.Span, sizeBytes: Int)? in
                guard let stored = StoredSpan(row) else { return nil }
                let text: String = row["text"]
                let event: String? = row["event"]
                let fields = event.flatMap { try? JSONValue(parsing: Array($0.utf8), depthLimit: OTLPJSON.depthLimit) }?
                    .object
                let span = TraceExport.Span(
                    span: stored.span,
                    receivedNanoseconds: stored.receivedNanoseconds,
                    event: fields
                )
                return (span, text.utf8.count + (event?.utf8.count ?? 0))
            }
        }
        let parts = try TraceExport.parts(session: session.id, fields: session.fields, spans: spans)
        // A request of OTLP carries one kind of data, so logs have lines of their own.
        return parts + (try await logs(of: session.id).map(OTLPLogs.request))
    }

    /// Finds other sessions in which a session's traces have spans, too.
    ///
    /// - Returns: At most ``elsewhereLimitCount`` pairs of a trace and a session.
    package func tracesElsewhere(of session: String) async throws -> [TraceElsewhere] {
        try await reader.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT trace_id, session_id, substr(name, 1, \(Self.lineLimitScalars)) AS name, services
                    FROM (SELECT DISTINCT trace_id, session_id FROM span WHERE session_id <> ?1
                        AND trace_id IN (SELECT DISTINCT trace_id FROM span WHERE session_id = ?1))
                    JOIN session ON session.id = session_id ORDER BY trace_id, session_id LIMIT \(Self.elsewhereLimitCount)
                    """,
                arguments: [session]
            ).map(TraceElsewhere.init)
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
    /// The estimated cost of a model call, in US dollars.
    let estimatedDollars: Double?

    /// The span in its normal form.
    package var normal: NormalSpan { NormalSpan(span, estimatedDollars: estimatedDollars) }
}

/// A session that has spans of a trace of another session: somewhere between the two services the session's id was lost.
package struct TraceElsewhere: Sendable, Hashable {
    package let traceID: String
    package let sessionID: String
    let name: String?
    package let services: [String]

    init(_ row: Row) {
        traceID = row["trace_id"]
        sessionID = row["session_id"]
        name = row["name"]
        let text: String = row["services"]
        services = (try? JSONValue(parsing: text))?.array?.compactMap(\.string) ?? []
    }

    /// The remedy, for the caller of the service that has lost the session: the headers with the session's id.
    package static func remedy(for session: String) -> String {
        "The caller passes the trace and not the session. Send with the call: 'baggage: session_id=\(session)' "
            + "or 'x-session-id: \(session)'."
    }

    var json: JSONValue {
        [
            "trace": .string(traceID), "session": .string(sessionID), "name": name.map(JSONValue.string) ?? .null,
            "services": .array(services.map(JSONValue.string)),
        ]
    }
}

extension TraceElsewhere {
    /// Parses the output of ``json``.
    package init?(json: JSONValue) {
        guard let object = json.object, let trace = object["trace"]?.string, let session = object["session"]?.string
        else { return nil }
        traceID = trace
        sessionID = session
        name = object["name"]?.string
        services = object["services"]?.array?.compactMap(\.string) ?? []
    }
}
