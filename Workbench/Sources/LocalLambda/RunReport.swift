import FoundationEssentials
package import OTLP
import Traces

/// The result of a single run of a function.
package struct RunReport: Sendable {
    /// The verdict on a run.
    package enum Verdict: Sendable, Hashable {
        /// The function responded, and a span arrived before its response.
        case ok
        /// The function failed: an error, a crash or a timeout.
        case functionFailed
        /// The function responded, but no span arrived before its response.
        case noSpan
    }

    package let requestID: String
    let outcome: InvocationOutcome
    /// The spans, each with a flag that is true when it arrived after the function's response.
    package let spans: [(span: NormalSpan, isLate: Bool)]
    /// The log records that came beside the spans.
    let logs: [LogRecord]
    let droppedLogCount: Int
    /// The number of the metrics' data points, which are not kept.
    let metricPointCount: Int
    /// The session of the run.
    package let scope: SessionScope
    /// The fields and REST events of sessions.
    package let sessions: [SessionRecord]
    /// The number of spans that were dropped beyond the store's limit.
    let droppedSpanCount: Int
    /// The reasons for which the collector rejected requests.
    let refusals: [String]
    /// The possible causes when no span arrived before the response: warnings of the function's log, or what this command
    /// knows; empty when a span arrived.
    let missingSpanReasons: [String]
    /// The error with Lambda's message; `nil` when the function responded.
    package let error: FunctionError?

    /// Creates a report.
    ///
    /// `snapshot`: The content of the collector after the end of the process.
    init(
        of run: LocalRun,
        requestID: String,
        outcome: InvocationOutcome,
        snapshot: TraceSnapshot,
        deliveryWarnings: [String] = []
    ) {
        self.requestID = requestID
        self.outcome = outcome
        self.spans = snapshot.spans.map { (NormalSpan($0.span, prices: .builtIn), $0.receivedAt > outcome.endedAt) }
        self.logs = snapshot.logs.sorted { $0.timeNanoseconds < $1.timeNanoseconds }
        self.droppedLogCount = snapshot.droppedLogCount
        self.metricPointCount = snapshot.metricPointCount
        self.scope = SessionScope(requestedID: run.event.sessionID, spans: snapshot.spans.map(\.span))
        self.sessions = snapshot.sessions
        self.droppedSpanCount = snapshot.droppedSpanCount
        self.refusals = snapshot.refusals
        let hasArrived = snapshot.spans.contains { $0.receivedAt <= outcome.endedAt }
        self.missingSpanReasons = hasArrived ? [] : Self.reasons(run.settings, deliveryWarnings)
        self.error = outcome.result(requestID: requestID, run.settings).error
    }

    /// Variables that send spans elsewhere than to this command's collector, or nowhere.
    private static let diversions = [
        "HH_API_URL", "HONEYHIVE_SERVER_URL", "HH_SERVER_URL", "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "HH_API_KEY", "HH_TEST_MODE", "OTEL_SDK_DISABLED",
    ]

    private static func reasons(_ settings: FunctionSettings, _ warnings: [String]) -> [String] {
        let given = diversions.filter { settings.environmentOverrides[$0] != nil }
        let logged = warnings.map { "The function's log: \($0)" }
        if !given.isEmpty {
            let names = given.joined(separator: ", ")
            return logged + ["--env \(names) changes where, or whether, spans are sent."]
        }
        guard logged.isEmpty else { return logged }
        return [
            "The function's log names no reason. Its spans must be sent before its response, to the address in HH_API_URL, "
                + "as TracedLambda's handlers do."
        ]
    }

    /// The number of spans that arrived after the function's response.
    var lateSpanCount: Int { spans.count { $0.isLate } }

    package var verdict: Verdict {
        if error != nil { return .functionFailed }
        return spans.count > lateSpanCount ? .ok : .noSpan
    }

    /// The function's response; `nil` when it failed.
    package var response: [UInt8]? {
        if case .response(let bytes, _) = outcome.ending { bytes } else { nil }
    }

    /// The time from delivery of the event to the end, in nanoseconds; `nil` when it was never delivered.
    var durationNanoseconds: UInt64? {
        outcome.deliveredAt.map { (outcome.endedAt - $0).wholeNanoseconds }
    }
}

extension RunReport {
    /// The report as a JSON object, for other programs.
    package var json: JSONValue {
        let answer = responseMembers
        return .object(
            JSONObject([
                .init(name: "response", value: answer.value),
                .init(name: "responseBase64", value: answer.base64),
                .init(name: "error", value: error?.json ?? .null),
                .init(name: "sessionId", value: scope.id.map(JSONValue.string) ?? .null),
                .init(name: "requestId", value: .string(requestID)),
                .init(
                    name: "durationNanoseconds",
                    value: durationNanoseconds.map { .number(JSONNumber($0)) } ?? .null
                ),
                .init(name: "lateSpanCount", value: .number(JSONNumber(lateSpanCount))),
                .init(name: "spans", value: .array(spans.map(spanJSON))),
                .init(name: "logs", value: .array(logs.map(\.json))),
                .init(name: "metricPointCount", value: .number(JSONNumber(metricPointCount))),
                .init(name: "missingSpanReasons", value: .array(missingSpanReasons.map(JSONValue.string))),
                .init(name: "refusals", value: .array(refusals.map(JSONValue.string))),
                .init(name: "sessions", value: .array(sessions.map(\.json))),
            ])
        )
    }

    /// The response as JSON if it is JSON, as a string if it is text, otherwise in base64.
    private var responseMembers: (value: JSONValue, base64: JSONValue) {
        guard let response, !response.isEmpty else { return (.null, .null) }
        if let value = try? JSONValue(parsing: response) { return (value, .null) }
        if let text = String(validating: response, as: UTF8.self) { return (.string(text), .null) }
        return (.null, .string(Data(response).base64EncodedString()))
    }

    private func spanJSON(_ received: (span: NormalSpan, isLate: Bool)) -> JSONValue {
        guard case .object(var object) = received.span.json else { return .null }
        object["inSession"] = .bool(scope.contains(received.span.span))
        object["late"] = .bool(received.isLate)
        return .object(object)
    }
}

extension SessionRecord {
    fileprivate var json: JSONValue {
        ["sessionId": .string(id), "fields": .object(fields), "events": .array(events.map(JSONValue.object))]
    }
}
