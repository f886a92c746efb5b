extension TraceSpan {
    /// The span in the workbench's own JSON: HoneyHive's fields by name, then all attributes.
    package var json: JSONValue {
        .object(
            JSONObject([
                .init(name: "traceId", value: .string(traceID.hex)),
                .init(name: "spanId", value: .string(spanID.hex)),
                .init(name: "parentSpanId", value: text(parentID?.hex)),
                .init(name: "sessionId", value: text(sessionID)),
                .init(name: "name", value: .string(name)),
                .init(name: "kind", value: .string(kind.rawValue)),
                .init(name: "eventType", value: text(eventType)),
                .init(name: "startNanoseconds", value: .number(JSONNumber(startNanoseconds))),
                .init(name: "endNanoseconds", value: .number(JSONNumber(endNanoseconds))),
                .init(name: "durationNanoseconds", value: .number(JSONNumber(durationNanoseconds))),
                .init(name: "error", value: text(errorMessage)),
                .init(name: "inputs", value: honeyHiveField("inputs").json),
                .init(name: "outputs", value: honeyHiveField("outputs").json),
                .init(name: "metadata", value: honeyHiveField("metadata").json),
                .init(name: "metrics", value: honeyHiveField("metrics").json),
                .init(name: "attributes", value: attributes.json),
                .init(name: "events", value: .array(events.map(\.json))),
                .init(name: "links", value: .array(links.map(\.json))),
                .init(name: "resource", value: resource.json),
                .init(name: "scope", value: .string(scopeName)),
            ])
        )
    }

    private func text(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }
}

extension TraceSpan.Event {
    fileprivate var json: JSONValue {
        ["name": .string(name), "timeNanoseconds": .number(JSONNumber(timeNanoseconds)), "attributes": attributes.json]
    }
}

extension TraceSpan.Link {
    fileprivate var json: JSONValue {
        ["traceId": .string(traceID.hex), "spanId": .string(spanID.hex), "attributes": attributes.json]
    }
}
