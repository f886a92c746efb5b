import OTLP

/// The metrics of an experiment's run, aggregated.
struct RunResult {
    /// The values of one metric of one event, over all sessions.
    private struct Series {
        let metric: String
        let event: String
        let type: String
        var values: [Double] = []
        var sessions: [String] = []
    }

    /// A session of the run.
    struct Session {
        let id: String
        let datapoint: String?
        let hasFailed: Bool
        var metrics: [(name: String, value: JSONValue)]
    }

    private var series: [Series] = []
    private(set) var sessions: [Session] = []
    private(set) var events: [(name: String, type: String)] = []

    /// Adds a session with its spans.
    mutating func add(_ session: SessionSummary, _ spans: [NormalSpan]) {
        let fields = session.fields["metadata"]?.object
        var datapoint = fields?["datapoint_id"]?.plainText
        var metrics: [(name: String, value: JSONValue)] = []
        let own = (session.fields["metrics"]?.object?.members ?? []).map {
            ($0.name, $0.value, "session", session.name ?? "")
        }
        let all =
            own
            + spans.flatMap { span -> [(String, JSONValue, String, String)] in
                let event = HoneyHiveEvent(span, session: session.id).json
                datapoint = datapoint ?? event["metadata"]?.object?["datapoint_id"]?.plainText
                if !events.contains(where: { $0 == (span.name, span.kind.rawValue) }) {
                    events.append((span.name, span.kind.rawValue))
                }
                return (event["metrics"]?.object?.members ?? []).map {
                    ($0.name, $0.value, span.kind.rawValue, span.name)
                }
            }
        for (name, value, type, event) in all {
            metrics.append((name, value))
            guard let number = value.number?.double ?? value.bool.map({ $0 ? 1 : 0 }) else { continue }
            add(number, metric: name, event: event, type: type, session: session.id)
        }
        let hasFailed = spans.contains { $0.error != nil }
        sessions.append(Session(id: session.id, datapoint: datapoint, hasFailed: hasFailed, metrics: metrics))
    }

    private mutating func add(_ value: Double, metric: String, event: String, type: String, session: String) {
        let index = series.firstIndex { $0.metric == metric && $0.event == event && $0.type == type }
        if index == nil { series.append(Series(metric: metric, event: event, type: type)) }
        series[index ?? series.count - 1].values.append(value)
        series[index ?? series.count - 1].sessions.append(session)
    }

    private static func aggregate(_ values: [Double], _ function: String) -> Double {
        switch function {
        case "sum": values.reduce(0, +)
        case "min": values.min() ?? 0
        case "max": values.max() ?? 0
        case "median": values.sorted()[values.count / 2]
        default: values.reduce(0, +) / Double(max(values.count, 1))
        }
    }

    private static func number(_ value: Double) -> JSONValue { JSONNumber(value).map(JSONValue.number) ?? .null }

    /// The result in HoneyHive's form.
    func json(run: JSONValue, status: String, function: String) -> JSONValue {
        let failed = sessions.filter(\.hasFailed)
        let details = series.map { series -> JSONValue in
            let passed = series.sessions.filter { id in !failed.contains { $0.id == id } }
            return [
                "metric_name": .string(series.metric), "metric_type": "numeric", "event_name": .string(series.event),
                "event_type": .string(series.type), "aggregate": Self.number(Self.aggregate(series.values, function)),
                "values": .array(series.values.map(Self.number)),
                "datapoints": [
                    "passed": .array(passed.map(JSONValue.string)),
                    "failed": .array(series.sessions.filter { !passed.contains($0) }.map(JSONValue.string)),
                ],
            ]
        }
        return [
            "status": .string(status), "success": .bool(failed.isEmpty),
            "passed": .array(sessions.filter { !$0.hasFailed }.map { .string($0.datapoint ?? $0.id) }),
            "failed": .array(failed.map { .string($0.datapoint ?? $0.id) }),
            "metrics": ["aggregation_function": .string(function), "details": .array(details)],
            "datapoints": .array(sessions.map(Self.datapoint)),
            "event_details": .array(events.map { ["event_name": .string($0.name), "event_type": .string($0.type)] }),
            "run_object": run,
        ]
    }

    private static func datapoint(_ session: Session) -> JSONValue {
        [
            "datapoint_id": session.datapoint.map(JSONValue.string) ?? .null, "session_id": .string(session.id),
            "passed": .bool(!session.hasFailed),
            "metrics": .array(
                session.metrics.map {
                    ["name": .string($0.name), "value": $0.value, "passed": .bool(!session.hasFailed)]
                }
            ),
        ]
    }

    /// The comparison with an older run, in HoneyHive's form.
    func comparison(with old: RunResult, newRun: JSONValue, oldRun: JSONValue, function: String) -> JSONValue {
        let names = (series + old.series).map { ($0.metric, $0.event, $0.type) }
        var seen: Set<String> = []
        let metrics = names.filter { seen.insert("\($0)\u{0}\($1)\u{0}\($2)").inserted }.map {
            metric,
            event,
            type -> JSONValue in
            func value(_ result: RunResult) -> Double? {
                result.series.first { $0.metric == metric && $0.event == event && $0.type == type }
                    .map { Self.aggregate($0.values, function) }
            }
            let (before, after) = (value(old), value(self))
            let difference = before.flatMap { before in after.map { $0 - before } }
            let change = difference.flatMap { difference in
                before.flatMap { $0 == 0 ? nil : difference / abs($0) * 100 }
            }
            return [
                "metric_name": .string(metric), "metric_type": "numeric", "event_name": .string(event),
                "event_type": .string(type), "old_aggregate": before.map(Self.number) ?? .null,
                "new_aggregate": after.map(Self.number) ?? .null, "difference": difference.map(Self.number) ?? .null,
                "percentage_change": change.map(Self.number) ?? .null,
            ]
        }
        let common = Set(sessions.compactMap(\.datapoint)).intersection(old.sessions.compactMap(\.datapoint)).sorted()
        return [
            "metrics": .array(metrics), "commonDatapoints": .array(common.map(JSONValue.string)),
            "event_details": .array(eventPresence(with: old)), "old_run": oldRun, "new_run": newRun,
        ]
    }

    private func eventPresence(with old: RunResult) -> [JSONValue] {
        var all = events
        for event in old.events where !all.contains(where: { $0 == event }) { all.append(event) }
        return all.map { event in
            let (isNew, isOld) = (events.contains { $0 == event }, old.events.contains { $0 == event })
            return [
                "event_name": .string(event.name), "event_type": .string(event.type),
                "presence": .string(isNew && isOld ? "both" : isNew ? "new_only" : "old_only"),
            ]
        }
    }
}
