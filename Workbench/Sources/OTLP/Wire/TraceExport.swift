/// The export of a session as OTLP requests in JSON, with what OTLP has no field for: the session's fields, the events
/// that were sent over REST, and the arrival times.
///
/// Other collectors take the requests, too, and see the additions as attributes.
package enum TraceExport {
    /// The resource attribute with a session's id and fields, as JSON.
    private static let sessionName = "traced_lambda.session"
    /// The span attribute with an event that was sent over REST, as JSON.
    private static let eventName = "traced_lambda.event"
    /// The span attribute with the arrival time, in nanoseconds since 1970.
    private static let receivedName = "traced_lambda.received"
    /// The size from which a request gets no further spans, in bytes; the collector takes four times as much.
    package static let partBytes = 4 * 1_024 * 1_024

    /// A span of an export.
    package struct Span: Sendable {
        let span: TraceSpan
        /// The arrival time, in nanoseconds since 1970.
        let receivedNanoseconds: Int64
        /// The event from which the span was made; `nil` for one that was sent as a span.
        let event: JSONObject?

        package init(span: TraceSpan, receivedNanoseconds: Int64, event: JSONObject?) {
            self.span = span
            self.receivedNanoseconds = receivedNanoseconds
            self.event = event
        }

        /// The span with the additions as attributes.
        fileprivate var exported: TraceSpan {
            var span = span
            span.attributes.append(Attribute(receivedName, .int(receivedNanoseconds)))
            guard var event else { return span }
            // An event without a time was dated by its arrival, which is another one in the copy.
            if event["start_time"]?.number == nil, event["end_time"]?.number == nil {
                let rest = String(span.startNanoseconds % 1_000_000)
                let fraction = String(repeating: "0", count: 6 - rest.count) + rest
                event["start_time"] = .number(JSONNumber(validated: "\(span.startNanoseconds / 1_000_000).\(fraction)"))
            }
            span.attributes.append(Attribute(eventName, .string(JSONValue.object(event).text)))
            return span
        }
    }

    /// The requests that hold a session, each small enough for a collector.
    ///
    /// `spans`: The spans in order of arrival, each with the size of its JSON in bytes.
    ///
    /// - Throws: An error when a span cannot be encoded.
    package static func parts(
        session id: String,
        fields: JSONObject,
        spans: [(span: Span, sizeBytes: Int)]
    ) throws -> [JSONValue] {
        var parts: [JSONValue] = []
        var chunk: [TraceSpan] = []
        var size = 0
        for (span, sizeBytes) in spans {
            if size > 0, size + sizeBytes > partBytes {
                parts.append(try OTLPJSON.request(chunk))
                (chunk, size) = ([], 0)
            }
            chunk.append(span.exported)
            size += sizeBytes
        }
        if !chunk.isEmpty || parts.isEmpty { parts.append(try OTLPJSON.request(chunk)) }
        guard !fields.members.isEmpty else { return parts }
        let session: JSONValue = ["id": .string(id), "fields": .object(fields)]
        let resource: JSONValue = [
            "attributes": [["key": .string(sessionName), "value": ["stringValue": .string(session.text)]]]
        ]
        var first = parts[0].object ?? JSONObject()
        first["resourceSpans"] = .array([["resource": resource]] + (first["resourceSpans"]?.array ?? []))
        parts[0] = .object(first)
        return parts
    }
}

extension TraceExport {
    /// Reads a session from a resource's attributes; `nil` when there is none.
    static func session(in resource: [Attribute]) -> TraceArrival? {
        guard let text = resource[sessionName]?.string, let object = (try? JSONValue(parsing: text))?.object,
            let id = object["id"]?.string, !id.isEmpty, let fields = object["fields"]?.object
        else { return nil }
        return .sessionFields(id: id, fields)
    }

    /// Takes the additions out of a span.
    ///
    /// - Returns: The event from which the span was made; `nil` for a span.
    static func restore(_ span: inout TraceSpan) -> TraceArrival? {
        guard let received = span.attributes[receivedName] else { return nil }
        if case .int(let nanoseconds) = received { span.receivedNanoseconds = nanoseconds }
        let event = span.attributes[eventName]?.string
        span.attributes.removeAll { $0.key == receivedName || $0.key == eventName }
        guard let event, let object = (try? JSONValue(parsing: event))?.object, let session = span.sessionID,
            object["event_id"]?.string?.isEmpty == false
        else { return nil }
        return .event(sessionID: session, object)
    }
}
