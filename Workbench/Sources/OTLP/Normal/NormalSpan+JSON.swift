extension NormalSpan {
    /// HoneyHive's fields besides inputs and outputs.
    private static let fieldNames = ["metadata", "metrics", "config", "feedback", "user_properties"]

    /// The span in the workbench's own JSON: the normal form, then the attributes as they arrived.
    package var json: JSONValue {
        var object = JSONObject([
            .init(name: "traceId", value: .string(span.traceID.hex)),
            .init(name: "spanId", value: .string(span.spanID.hex)),
            .init(name: "parentSpanId", value: text(span.parentID?.hex)),
            .init(name: "sessionId", value: text(span.sessionID)),
            .init(name: "name", value: .string(name)),
            .init(name: "spanName", value: .string(span.name)),
            .init(name: "kind", value: .string(span.kind.rawValue)),
            .init(name: "eventType", value: .string(kind.rawValue)),
            .init(name: "startNanoseconds", value: .number(JSONNumber(span.startNanoseconds))),
            .init(name: "endNanoseconds", value: .number(JSONNumber(span.endNanoseconds))),
            .init(name: "durationNanoseconds", value: .number(JSONNumber(span.durationNanoseconds))),
            .init(name: "error", value: text(error)),
        ])
        object.append(contentMembers)
        object.append(modelMembers)
        object.append(
            Self.fieldNames.map { name in
                .init(name: name, value: values.nested("honeyhive_\(name)") ?? .object(JSONObject()))
            }
        )
        object.append([
            .init(name: "attributes", value: span.attributes.json),
            .init(name: "events", value: .array(span.events.map(\.json))),
            .init(name: "links", value: .array(span.links.map(\.json))),
            .init(name: "resource", value: span.resource.json),
            .init(name: "scope", value: .string(span.scopeName)),
        ])
        return .object(object)
    }

    private var contentMembers: [JSONObject.Member] {
        [
            .init(name: "messages", value: .array(messages.map(\.json))),
            .init(name: "inputs", value: inputs ?? .null),
            .init(name: "outputs", value: outputs ?? .null),
            .init(name: "documents", value: .array(documents.map(\.json))),
            .init(name: "embeddings", value: .array(embeddings.map(\.json))),
            .init(name: "tools", value: .array(toolDefinitions)),
        ]
    }

    private var modelMembers: [JSONObject.Member] {
        let cost = cost.map { ["dollars": number($0.dollars), "isEstimate": .bool($0.isEstimate)] as JSONValue }
        return [
            .init(name: "model", value: text(model)),
            .init(name: "provider", value: text(provider)),
            .init(name: "tokens", value: usage.json),
            .init(name: "cost", value: cost ?? .null),
            .init(name: "firstTokenMilliseconds", value: number(firstTokenMilliseconds)),
            .init(name: "user", value: text(user)),
            .init(name: "tags", value: .array(tags.map(JSONValue.string))),
        ]
    }

    private func number(_ value: Double?) -> JSONValue {
        value.flatMap(JSONNumber.init).map(JSONValue.number) ?? .null
    }

    private func text(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }
}

extension TokenUsage {
    fileprivate var json: JSONValue {
        guard !isEmpty else { return .null }
        func number(_ count: Int64?) -> JSONValue { count.map { .number(JSONNumber($0)) } ?? .null }
        return [
            "input": number(input), "output": number(output), "total": number(total), "cached": number(cached),
            "reasoning": number(reasoning),
        ]
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
