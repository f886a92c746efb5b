import OTLP

/// A span as an event of HoneyHive's API.
struct HoneyHiveEvent {
    let json: JSONObject

    init(_ span: NormalSpan, session: String) {
        func object(_ value: JSONValue?) -> JSONValue {
            switch value {
            case nil, .null?: .object(JSONObject())
            case .object?: value ?? .null
            case let value?: ["value": value]
            }
        }
        func milliseconds(_ nanoseconds: UInt64) -> JSONValue {
            JSONNumber(Double(nanoseconds) / 1_000_000).map(JSONValue.number) ?? .null
        }
        let raw = span.span
        guard case .object(let fields) = span.json else {
            json = JSONObject()
            return
        }
        json = [
            "event_id": .string(raw.attributes["honeyhive_event_id"]?.string ?? raw.spanID.hex),
            "session_id": .string(session), "project_id": "local",
            "source": .string(raw.attributes["honeyhive.source"]?.string ?? "otlp"),
            "event_type": .string(span.kind.rawValue), "event_name": .string(span.name),
            "parent_id": .string(raw.parentID?.hex ?? session), "start_time": milliseconds(raw.startNanoseconds),
            "end_time": milliseconds(raw.endNanoseconds), "duration": milliseconds(raw.durationNanoseconds),
            "error": span.error.map(JSONValue.string) ?? .null, "inputs": object(span.inputs),
            "outputs": object(span.outputs), "config": object(fields["config"]), "metadata": object(fields["metadata"]),
            "metrics": object(fields["metrics"]), "feedback": object(fields["feedback"]),
            "user_properties": object(fields["user_properties"]), "children_ids": [],
        ]
    }

    init(session: SessionSummary) {
        var object: JSONObject = [
            "event_id": .string(session.id), "session_id": .string(session.id), "project_id": "local",
            "event_type": "session", "event_name": .string(session.name ?? session.id), "parent_id": nil,
            "start_time": JSONNumber(Double(session.startNanoseconds ?? session.receivedNanoseconds) / 1_000_000)
                .map(JSONValue.number) ?? .null,
        ]
        for name in ["inputs", "outputs", "config", "metadata", "metrics", "feedback", "user_properties"] {
            object[name] = session.fields[name] ?? .object(JSONObject())
        }
        object["source"] = session.fields["source"] ?? "otlp"
        json = object
    }
}

/// A condition on events: `{field, operator, value}`.
struct EventFilter {
    let field: String
    let condition: String
    let value: JSONValue

    /// - Throws: ``CollectorError`` when the filter is malformed.
    init(_ json: JSONValue) throws(CollectorError) {
        guard let object = json.object, let field = object["field"]?.string, let condition = object["operator"]?.string
        else { throw CollectorError(.malformed, "a filter lacks 'field' or 'operator'") }
        self.field = field
        self.condition = condition
        value = object["value"] ?? .null
    }

    func matches(_ event: JSONObject) -> Bool {
        let found = value(in: event)
        let text = found?.plainText ?? ""
        switch condition {
        case "is": return found != nil && text == value.plainText
        case "is not": return text != value.plainText
        case "contains": return found != nil && text.contains(value.plainText)
        case "not contains": return !text.contains(value.plainText)
        case "exists": return found != nil
        case "not exists": return found == nil
        case "greater than": return Double(text).flatMap { left in Double(value.plainText).map { left > $0 } } ?? false
        case "less than": return Double(text).flatMap { left in Double(value.plainText).map { left < $0 } } ?? false
        default: return false
        }
    }

    /// The value of a field: a member, or the path of one in a bucket: `metadata.run_id`.
    private func value(in event: JSONObject) -> JSONValue? {
        var current: JSONValue? = .object(event)
        if let whole = event[field] { return whole == .null ? nil : whole }
        for part in field.split(separator: ".") { current = current?.object?[String(part)] }
        return current == .null ? nil : current
    }
}
