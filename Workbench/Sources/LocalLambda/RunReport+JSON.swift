import FoundationEssentials
package import OTLP

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

    private func spanJSON(_ received: (span: TraceSpan, isLate: Bool)) -> JSONValue {
        guard case .object(var object) = received.span.json else { return .null }
        object["inSession"] = .bool(scope.contains(received.span))
        object["late"] = .bool(received.isLate)
        return .object(object)
    }
}

extension SessionRecord {
    fileprivate var json: JSONValue {
        ["sessionId": .string(id), "fields": .object(fields), "events": .array(events.map(JSONValue.object))]
    }
}
