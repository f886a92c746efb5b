import GRDB
package import OTLP

extension TraceArchive {
    /// The limit of log records that are shown with one span.
    package static let spanLogLimitCount = 1_000
    /// The limit of log records that are shown with one session.
    package static let sessionLogLimitCount = 20_000

    /// Reads the log records of a span, earliest first; at most ``spanLogLimitCount``.
    func logs(traceID: String, spanID: String) async throws -> [LogRecord] {
        try await readLogs(
            "trace_id = ?1 AND span_id = ?2 ORDER BY time, sequence LIMIT \(Self.spanLogLimitCount)",
            [traceID, spanID]
        )
    }

    /// Reads the log records of a session's traces, earliest first, without those of another session's spans.
    ///
    /// - Returns: At most ``sessionLogLimitCount`` records.
    package func logs(of session: String) async throws -> [LogRecord] {
        try await readLogs(
            """
            trace_id IN (SELECT trace_id FROM span WHERE session_id = ?1) AND NOT EXISTS (SELECT 1 FROM span
                WHERE span.trace_id = log.trace_id AND span.span_id = log.span_id AND span.session_id <> ?1)
            ORDER BY time, sequence LIMIT \(Self.sessionLogLimitCount)
            """,
            [session]
        )
    }

    private func readLogs(_ condition: String, _ arguments: StatementArguments) async throws -> [LogRecord] {
        try await reader.read { database in
            // A read-only file of an earlier version has no such table.
            guard try database.tableExists("log") else { return [] }
            return try String.fetchAll(database, sql: "SELECT text FROM log WHERE \(condition)", arguments: arguments)
                .compactMap { try? OTLPLogs.records(json: Array($0.utf8)).first }
        }
    }

    /// Counts what came beside spans.
    package func signalCounts() async throws -> SignalCounts {
        try await reader.read { database in
            guard try database.tableExists("log") else { return SignalCounts() }
            let logCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM log") ?? 0
            let spanless = """
                SELECT count(*) FROM log WHERE NOT EXISTS (SELECT 1 FROM span
                    WHERE span.trace_id = log.trace_id AND span.span_id = log.span_id)
                """
            let rows = try Row.fetchAll(database, sql: "SELECT service, point_count FROM metric ORDER BY service")
            return SignalCounts(
                logCount: logCount,
                spanlessLogCount: try Int.fetchOne(database, sql: spanless) ?? 0,
                metricPointCounts: rows.map { ($0["service"], $0["point_count"]) }
            )
        }
    }
}

/// The number of log records, and of the metrics' data points, which are not kept.
package struct SignalCounts: Sendable {
    package var logCount = 0
    /// The number of log records whose span is not here.
    package var spanlessLogCount = 0
    /// The number of data points of each service.
    package var metricPointCounts: [(service: String, count: Int)] = []

    /// The counts for people; `nil` when nothing came.
    package var text: String? {
        var parts: [String] = []
        if logCount > 0 {
            let spanless = spanlessLogCount > 0 ? " (\(spanlessLogCount) of no span here)" : ""
            parts.append("\(logCount) log records\(spanless)")
        }
        if !metricPointCounts.isEmpty {
            let services = metricPointCounts.map { "\($0.service.isEmpty ? "unknown" : $0.service) \($0.count)" }
            parts.append("metrics, counted and not kept: data points of \(services.joined(separator: ", "))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The counts in the workbench's own JSON.
    var json: JSONValue {
        [
            "logCount": .number(JSONNumber(logCount)), "spanlessLogCount": .number(JSONNumber(spanlessLogCount)),
            "metricPointCounts": .object(
                JSONObject(metricPointCounts.map { .init(name: $0.service, value: .number(JSONNumber($0.count))) })
            ),
        ]
    }
}

extension SignalCounts {
    /// Parses the output of ``json``.
    package init(json: JSONObject) {
        func number(_ value: JSONValue?) -> Int { Int(clamping: value?.number?.int64 ?? 0) }
        logCount = number(json["logCount"])
        spanlessLogCount = number(json["spanlessLogCount"])
        metricPointCounts = (json["metricPointCounts"]?.object?.members ?? []).map { ($0.name, number($0.value)) }
    }
}
