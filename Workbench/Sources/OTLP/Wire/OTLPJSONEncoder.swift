/// Encodes spans as OTLP/JSON, in the standard dialect.
package enum OTLPJSONEncoder {
    /// The nesting limit for a parser of this encoder's output.
    ///
    /// A value may nest as deep as Protobuf's decoder allows, and each of its levels is up to four levels in JSON.
    package static let depthLimit = 256

    /// Encodes an export request.
    ///
    /// - Parameter spans: The spans; adjacent spans of the same resource and scope are grouped.
    package static func request(_ spans: [TraceSpan]) -> JSONValue {
        var resources: [JSONValue] = []
        for group in spans.runs(by: { $0.resource == $1.resource && $0.scopeName == $1.scopeName }) {
            guard let first = group.first else { continue }
            resources.append([
                "resource": ["attributes": attributes(first.resource)],
                "scopeSpans": [["scope": ["name": .string(first.scopeName)], "spans": .array(group.map(span))]],
            ])
        }
        return ["resourceSpans": .array(resources)]
    }

    private static func span(_ span: TraceSpan) -> JSONValue {
        var object = JSONObject([
            .init(name: "traceId", value: .string(span.traceID.hex)),
            .init(name: "spanId", value: .string(span.spanID.hex)),
            .init(name: "parentSpanId", value: .string(span.parentID?.hex ?? "")),
            .init(name: "name", value: .string(span.name)),
            .init(name: "kind", value: .number(JSONNumber(number(of: span.kind)))),
            .init(name: "startTimeUnixNano", value: .string(String(span.startNanoseconds))),
            .init(name: "endTimeUnixNano", value: .string(String(span.endNanoseconds))),
            .init(name: "attributes", value: attributes(span.attributes)),
            .init(name: "status", value: status(span.status)),
        ])
        if !span.events.isEmpty { object["events"] = .array(span.events.map(event)) }
        if !span.links.isEmpty { object["links"] = .array(span.links.map(link)) }
        return .object(object)
    }

    private static func number(of kind: TraceSpan.Kind) -> Int {
        TraceSpan.Kind.wireNames.firstIndex { $0.case == kind } ?? 0
    }

    private static func status(_ status: TraceSpan.Status) -> JSONValue {
        switch status {
        case .unset: [:]
        case .ok: ["code": 1]
        case .error(let message): ["code": 2, "message": .string(message)]
        }
    }

    private static func event(_ event: TraceSpan.Event) -> JSONValue {
        [
            "timeUnixNano": .string(String(event.timeNanoseconds)), "name": .string(event.name),
            "attributes": attributes(event.attributes),
        ]
    }

    private static func link(_ link: TraceSpan.Link) -> JSONValue {
        [
            "traceId": .string(link.traceID.hex), "spanId": .string(link.spanID.hex),
            "attributes": attributes(link.attributes),
        ]
    }

    private static func attributes(_ attributes: [Attribute]) -> JSONValue {
        .array(attributes.map { ["key": .string($0.key), "value": $0.value.otlpJSON] })
    }
}

extension Array {
    /// Groups adjacent elements that belong together.
    fileprivate func runs(by belongsTogether: (Element, Element) -> Bool) -> [[Element]] {
        var runs: [[Element]] = []
        for element in self {
            if let last = runs.last?.last, belongsTogether(last, element) {
                runs[runs.count - 1].append(element)
            } else {
                runs.append([element])
            }
        }
        return runs
    }
}
