import FoundationEssentials
import GRDB
import OTLP

/// Writes one arrival within a transaction.
struct ArrivalWriter {
    let database: Database
    /// The arrival time, in nanoseconds since 1970.
    let received: Int64
    /// The prices for calls whose sender gives no cost.
    let prices: PriceTable
    /// True to leave out log records that are stored, which have no id of their own.
    var skipsKnownLogs = false

    func write(_ arrival: TraceArrival) throws {
        switch arrival {
        case .spans(let spans): try write(spans)
        case .logs(let logs): for log in logs { try write(log) }
        case .metrics(let pointCounts):
            for (service, count) in pointCounts { try write(metricPointCount: count, of: service) }
        case .sessionFields(let id, let fields): try merge(fields, into: id)
        case .event(let sessionID, let event): try write(event, of: SessionScope.key(of: sessionID))
        case .refusal(let reason): try write(refusal: reason)
        }
    }

    // MARK: - Spans

    private func write(_ spans: [TraceSpan]) throws {
        var sessions: [Membership: String] = [:]
        var changed: Set<String> = []
        for span in spans {
            let membership = Membership(traceID: span.traceID, sessionID: span.sessionID)
            let id = try sessions[membership] ?? session(of: membership)
            sessions[membership] = id
            changed.insert(try insert(span, into: id))
        }
        for id in changed { try database.refreshTotals(of: id) }
    }

    private struct Membership: Hashable {
        let traceID: TraceID
        let sessionID: String?
    }

    /// Finds the span's session: the one that it names, else that of another span of its trace, else one of the trace's
    /// own.
    private func session(of membership: Membership) throws -> String {
        let traceID = membership.traceID
        let placeholder = "trace-\(traceID.hex)"
        guard let named = membership.sessionID else {
            let sibling = "SELECT session_id FROM span WHERE trace_id = ? LIMIT 1"
            let id = try String.fetchOne(database, sql: sibling, arguments: [traceID.hex]) ?? placeholder
            try touch(id)
            return id
        }
        let id = SessionScope.key(of: named)
        try touch(id)
        // Moves earlier spans of this trace that arrived before any of them named a session.
        try database.execute(sql: "UPDATE span SET session_id = ? WHERE session_id = ?", arguments: [id, placeholder])
        if database.changesCount > 0 {
            try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [placeholder])
        }
        return id
    }

    private func insert(_ span: TraceSpan, into session: String) throws -> String {
        let known = try Row.fetchOne(
            database,
            sql: "SELECT session_id, is_unfinished FROM span WHERE trace_id = ? AND span_id = ?",
            arguments: [span.traceID.hex, span.spanID.hex]
        )
        // A retry sends the same span again; it is written only if the stored span was unfinished and this one is
        // finished.
        if let known, !(known["is_unfinished"] as Bool) || span.isUnfinished { return known["session_id"] }
        _ = try insertOrReplace(span, session)
        return session
    }

    /// Writes a span.
    ///
    /// - Returns: The span's sequence number.
    private func insertOrReplace(_ span: TraceSpan, _ session: String) throws -> Int64 {
        let normal = NormalSpan(span)
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO span (session_id, trace_id, span_id, parent_id, name, service, kind, type, start,
                    finish, received, error, is_unfinished, is_cold, is_sessionless, tokens, links, session_name)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                session, span.traceID.hex, span.spanID.hex, span.parentID?.hex, normal.name, span.service,
                span.kind.rawValue, normal.kind.rawValue, Int64(clamping: span.startNanoseconds),
                Int64(clamping: span.endNanoseconds), span.receivedNanoseconds ?? received, normal.error,
                span.isUnfinished, span.isColdStart,
                span.sessionID == nil, normal.usage.total, links(of: span), span.sessionName,
            ]
        )
        let sequence = database.lastInsertedRowID
        try database.cachedStatement(sql: "INSERT INTO body (sequence, text) VALUES (?, ?)").execute(
            arguments: [sequence, try OTLPJSON.request([span]).text]
        )
        if let requestID = span.requestID {
            try database.cachedStatement(sql: "UPDATE span SET request_id = ? WHERE sequence = ?").execute(
                arguments: [requestID, sequence]
            )
        }
        let columns = NormalColumns(normal, prices: prices)
        if !columns.isEmpty { try columns.update(sequence, in: database) }
        return sequence
    }

    private func links(of span: TraceSpan) -> String? {
        guard !span.links.isEmpty else { return nil }
        return JSONValue.array(span.links.map { [.string($0.traceID.hex), .string($0.spanID.hex)] }).text
    }

    // MARK: - Logs and metrics

    /// The limit of services whose metrics are counted; those of further ones are counted together.
    private static let metricServiceLimitCount = 1_000

    private func write(_ log: LogRecord) throws {
        let text = try OTLPLogs.request(log).text
        let time = Int64(clamping: log.timeNanoseconds)
        let values: StatementArguments = [log.traceID?.hex, log.spanID?.hex, time, text]
        let known = "SELECT EXISTS (SELECT 1 FROM log WHERE trace_id IS ? AND span_id IS ? AND time = ? AND text = ?)"
        if skipsKnownLogs, try Bool.fetchOne(database, sql: known, arguments: values) == true { return }
        try database.cachedStatement(
            sql: "INSERT INTO log (trace_id, span_id, time, text, received) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: values + [received])
    }

    private func write(metricPointCount count: Int, of service: String) throws {
        let counted = "SELECT count(*) >= ? AND NOT EXISTS (SELECT 1 FROM metric WHERE service = ?) FROM metric"
        let limit = Self.metricServiceLimitCount
        let isFull = try Bool.fetchOne(database, sql: counted, arguments: [limit, service]) ?? false
        try database.execute(
            sql: """
                INSERT INTO metric (service, point_count, received) VALUES (?, ?, ?)
                ON CONFLICT (service) DO UPDATE SET point_count = point_count + excluded.point_count, received = excluded.received
                """,
            arguments: [isFull ? "other services" : service, count, received]
        )
    }

    // MARK: - Sessions and events

    private func touch(_ session: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO session (id, received) VALUES (?, ?)
                ON CONFLICT (id) DO UPDATE SET received = max(received, excluded.received)
                """
        ).execute(arguments: [session, received])
    }

    /// Merges fields into the event with this id, or else into the session with this id.
    private func merge(_ fields: JSONObject, into id: String) throws {
        let eventSQL = "SELECT session_id, fields FROM event WHERE id = ?"
        if let known = try Row.fetchOne(database, sql: eventSQL, arguments: [id]) {
            var record = SessionRecord(id: id, fields: try stored(known["fields"]))
            record.merge(fields)
            return try store(record.fields, eventID: id, of: known["session_id"])
        }
        let session = SessionScope.key(of: id)
        try touch(session)
        let text = try String.fetchOne(database, sql: "SELECT fields FROM session WHERE id = ?", arguments: [session])
        var record = SessionRecord(id: session, fields: try stored(text ?? "{}"))
        record.merge(fields)
        try database.execute(
            sql: "UPDATE session SET fields = ? WHERE id = ?",
            arguments: [JSONValue.object(record.fields).text, session]
        )
        try database.refreshTotals(of: session)
    }

    private func write(_ event: JSONObject, of session: String) throws {
        guard let id = event["event_id"]?.string, !id.isEmpty else { return }
        try touch(session)
        try store(event, eventID: id, of: session)
    }

    private func store(_ event: JSONObject, eventID: String, of session: String) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO event (id, session_id, fields) VALUES (?, ?, ?)",
            arguments: [eventID, session, JSONValue.object(event).text]
        )
        let span = TraceSpan(
            event: event,
            id: eventID,
            session: session,
            receivedNanoseconds: UInt64(clamping: received)
        )
        let sequence = try insertOrReplace(span, session)
        try database.execute(sql: "UPDATE event SET sequence = ? WHERE id = ?", arguments: [sequence, eventID])
        try database.refreshTotals(of: session)
    }

    private func stored(_ text: String) throws -> JSONObject {
        try JSONValue(parsing: Array(text.utf8), depthLimit: OTLPJSON.depthLimit).object ?? JSONObject()
    }

    private func write(refusal: String) throws {
        try database.execute(
            sql: "INSERT INTO refusal (received, reason) VALUES (?, ?)",
            arguments: [received, refusal]
        )
        try database.execute(
            sql: "DELETE FROM refusal WHERE sequence <= (SELECT max(sequence) FROM refusal) - ?",
            arguments: [TraceDatabase.refusalLimitCount]
        )
    }
}

/// Recomputes a session's summary columns after each change, so that they do not depend on the order of arrival.
extension Database {
    /// Selects the spans whose tokens and cost count: calls of models, and of a call that has such a call below it only
    /// the inner one, because both report the same tokens.
    private static let isCounted = """
        type = 'model' AND (tokens IS NULL OR NOT EXISTS (SELECT 1 FROM span AS inner WHERE inner.trace_id = span.trace_id
            AND inner.parent_id = span.span_id AND inner.tokens IS NOT NULL AND inner.type = 'model'))
        """

    func refreshTotals(of id: String) throws {
        try cachedStatement(
            sql: """
                UPDATE session SET (start, finish, span_count, error_count, unfinished_count, token_count, cost, services) =
                    (SELECT min(nullif(start, 0)), max(finish), count(*), count(error), count(nullif(is_unfinished, 0)),
                        CAST(total(iif(\(Self.isCounted), tokens, 0)) AS INTEGER), total(iif(\(Self.isCounted), cost, 0)),
                        json_group_array(DISTINCT service)
                    FROM span WHERE session_id = session.id)
                WHERE id = ?
                """
        ).execute(arguments: [id])
        try execute(sql: "UPDATE session SET name = ? WHERE id = ?", arguments: [try sessionName(id), id])
    }

    /// The session's name: from its start call, else from a span's session name, else the name of its first span.
    private func sessionName(_ id: String) throws -> String? {
        let given = "SELECT fields ->> '$.session_name' FROM session WHERE id = ?"
        if let name = try String.fetchOne(self, sql: given, arguments: [id]), !name.isEmpty { return name }
        let first = """
            SELECT coalesce(session_name, name) FROM span WHERE session_id = ?
            ORDER BY session_name IS NULL, parent_id IS NOT NULL, start LIMIT 1
            """
        return try String.fetchOne(self, sql: first, arguments: [id])
    }
}

/// The columns of the normal form that most spans do not have.
struct NormalColumns {
    private let model: String?
    private let cost: ModelCost?
    private let user: String?
    private let tags: [String]
    private let type: String
    private let name: String
    private let error: String?
    private let tokens: Int64?

    init(_ span: NormalSpan, prices: PriceTable) {
        model = span.model
        cost = span.cost ?? span.estimatedDollars(prices).map { ModelCost(dollars: $0, isEstimate: true) }
        user = span.user
        tags = span.tags
        (type, name, error, tokens) = (span.kind.rawValue, span.name, span.error, span.usage.total)
    }

    /// True when the columns have their defaults.
    var isEmpty: Bool { model == nil && cost == nil && user == nil && tags.isEmpty }

    func update(_ sequence: Int64, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE span SET model = ?, cost = ?, is_cost_estimate = ?, user = ?, tags = ?, type = ?, name = ?, error = ?,
                    tokens = ? WHERE sequence = ?
                """
        ).execute(
            arguments: [
                model, cost?.dollars, cost?.isEstimate ?? false, user,
                tags.isEmpty ? nil : JSONValue.array(tags.map(JSONValue.string)).text, type, name, error, tokens,
                sequence,
            ]
        )
    }
}

extension SessionScope {
    /// The limit of a session id, in Unicode scalars; longer ids are cut, because they are untrusted and serve as keys.
    private static let keyLimitScalars = 512

    /// The key of a stored session: a UUID in its canonical notation, another id cut to the limit.
    static func key(of id: String) -> String {
        canonicalUUID(id) ?? String(String.UnicodeScalarView(id.unicodeScalars.prefix(keyLimitScalars)))
    }
}
