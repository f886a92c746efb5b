import FoundationEssentials
import GRDB
package import OTLP

/// What `dev` keeps of an invocation, to show it and to repeat it.
package struct InvocationContent: Sendable {
    /// The limit of invocations whose content is kept; that of the oldest is removed first.
    static let limitCount = 1_000
    /// The limit of all contents, in bytes; also an eighth of the database's limit.
    static let limitBytes: Int64 = 64 * 1_024 * 1_024

    /// Durations, memory, build, error, client context, and tenant id.
    let facts: JSONValue
    let event: [UInt8]
    let response: [UInt8]
    let log: [UInt8]

    /// - Parameters:
    ///   - facts: An object with durations, memory, build, error, client context, and tenant id.
    ///   - event: The event.
    ///   - response: The response; empty for an error and for one that was streamed.
    ///   - log: The end of the function's log.
    package init(facts: JSONValue, event: [UInt8], response: [UInt8], log: [UInt8]) {
        self.facts = facts
        self.event = event
        self.response = response
        self.log = log
    }

    private var byteCount: Int { event.count + response.count + log.count }

    /// Writes the content of a recorded invocation, and removes that of the oldest ones beyond the limits.
    func write(requestID: String, limitBytes: Int64, in database: Database) throws {
        guard byteCount <= limitBytes else { return }
        let bytes = [event, response, log].map { Data($0) }
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO invocation_content (request_id, facts, event, response, log, byte_count)
                    SELECT request_id, ?, ?, ?, ?, ? FROM invocation WHERE request_id = ?
                """,
            arguments: [facts.text, bytes[0], bytes[1], bytes[2], byteCount, requestID]
        )
        try database.execute(
            sql: """
                DELETE FROM invocation_content WHERE request_id IN (SELECT request_id FROM
                    (SELECT request_id, row_number() OVER latest AS number, sum(byte_count) OVER latest AS total
                    FROM invocation_content JOIN invocation USING (request_id)
                    WINDOW latest AS (ORDER BY finish DESC, request_id))
                    WHERE number > ? OR total > ?)
                """,
            arguments: [Self.limitCount, limitBytes]
        )
    }
}

extension TraceArchive {
    /// The limit of invocations in a list.
    private static let invocationLimitCount = 200
    /// The limit of an invocation's spans in its page.
    private static let invocationSpanLimitCount = 500

    /// Lists the latest invocations with content, the latest first.
    ///
    /// - Returns: For each its request id, function, end, facts, and the session of its root span.
    package func invocations() async throws -> JSONValue {
        try await reader.read { database in
            guard try database.tableExists("invocation_content") else { return .array([]) }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT request_id, function, finish, facts,
                        (SELECT session_id FROM span WHERE span.request_id = invocation.request_id LIMIT 1) AS session_id
                    FROM invocation JOIN invocation_content USING (request_id) ORDER BY finish DESC LIMIT ?
                    """,
                arguments: [Self.invocationLimitCount]
            )
            return .array(try rows.map(Self.json))
        }
    }

    /// Returns an invocation with its content and the function's own spans.
    ///
    /// - Returns: `nil` if it is not known, or its content is not kept any more.
    package func invocation(requestID: String) async throws -> JSONValue? {
        try await reader.read { database in
            guard try database.tableExists("invocation_content") else { return nil }
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT request_id, function, finish, facts, event, response, log,
                        (SELECT session_id FROM span WHERE span.request_id = invocation.request_id LIMIT 1) AS session_id
                    FROM invocation JOIN invocation_content USING (request_id) WHERE request_id = ?
                    """,
                arguments: [requestID]
            )
            guard let row, case .object(var invocation) = try Self.json(row) else { return nil }
            for name in ["event", "response", "log"] {
                let bytes = [UInt8](row[name] as Data)
                invocation[name] = .string(String(decoding: bytes, as: UTF8.self))
                if name != "log" {
                    invocation["\(name)IsJSON"] = .bool((try? JSONValue(parsing: bytes)) != nil)
                }
            }
            let event = try? JSONValue(parsing: [UInt8](row["event"] as Data))
            invocation["editableEvent"] = event.map { JSONValue.string($0.prettyText) } ?? invocation["event"]
            invocation["spans"] = .array(try Self.spans(of: requestID, in: database))
            return .object(invocation)
        }
    }

    /// Returns the request id of the invocation whose root span this is; `nil` if its content is not kept.
    package func invocationID(traceID: String, spanID: String) async throws -> String? {
        try await reader.read { database in
            guard try database.tableExists("invocation_content") else { return nil }
            return try String.fetchOne(
                database,
                sql: """
                    SELECT request_id FROM span JOIN invocation_content USING (request_id)
                    WHERE trace_id = ? AND span_id = ?
                    """,
                arguments: [traceID, spanID]
            )
        }
    }

    private static func json(_ row: Row) throws -> JSONValue {
        guard case .object(var json) = try JSONValue(parsing: row["facts"] as String) else { return .null }
        json["requestId"] = .string(row["request_id"])
        json["function"] = .string(row["function"])
        json["finish"] = .number(JSONNumber(row["finish"] as Int64))
        json["session"] = (row["session_id"] as String?).map(JSONValue.string) ?? .null
        return .object(json)
    }

    /// Returns the root span of an invocation and the spans below it that the same service sent, by their start.
    private static func spans(of requestID: String, in database: Database) throws -> [JSONValue] {
        let columns = "sequence, trace_id, span_id, parent_id, service"
        let rows = try Row.fetchAll(
            database,
            sql: """
                WITH RECURSIVE member (\(columns)) AS (
                    SELECT \(columns) FROM span WHERE request_id = ?1
                    UNION
                    SELECT span.sequence, span.trace_id, span.span_id, span.parent_id, span.service
                    FROM member JOIN span ON span.trace_id = member.trace_id AND span.parent_id = member.span_id
                        AND span.service = member.service
                )
                SELECT span.* FROM member JOIN span USING (sequence) ORDER BY span.start, span.sequence LIMIT ?2
                """,
            arguments: [requestID, invocationSpanLimitCount]
        )
        return rows.map { row in
            func text(_ column: String) -> JSONValue { (row[column] as String?).map(JSONValue.string) ?? .null }
            let (start, finish): (Int64, Int64) = (row["start"], row["finish"])
            return [
                "name": text("name"), "type": text("type"), "trace": text("trace_id"), "span": text("span_id"),
                "parent": text("parent_id"), "session": text("session_id"),
                "durationNanoseconds": .number(JSONNumber(finish - start)), "error": text("error"),
            ]
        }
    }
}
