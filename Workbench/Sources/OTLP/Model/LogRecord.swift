/// A log record, independent of the protocol that it arrived in.
package struct LogRecord: Sendable, Hashable {
    /// The id of the trace during which it was written; `nil` for a record outside of traces.
    package var traceID: TraceID?
    /// The id of the span during which it was written.
    package var spanID: SpanID?
    /// The time of writing, else of observing it, in nanoseconds since 1970.
    package var timeNanoseconds: UInt64
    /// The severity, 1 to 24; 0 when the sender gave none (https://opentelemetry.io/docs/specs/otel/logs/data-model/).
    package var severityNumber = 0
    /// The severity in the sender's words; may be empty.
    package var severityText = ""
    /// The message.
    package var body = AttributeValue.empty
    /// The name of the kind of event that the record stands for; may be empty.
    package var eventName = ""
    package var attributes: [Attribute] = []
    var resource: [Attribute] = []
    /// The name of the instrumentation scope.
    var scopeName = ""

    /// Creates a record with its required values.
    package init(traceID: TraceID?, spanID: SpanID?, timeNanoseconds: UInt64) {
        self.traceID = traceID
        self.spanID = spanID
        self.timeNanoseconds = timeNanoseconds
    }

    /// The service that wrote it.
    package var service: String { TraceSpan.service(of: resource) }

    /// The severity for people: the sender's word, else that of the number, else nothing.
    package var severity: String {
        if !severityText.isEmpty { return severityText }
        let names = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
        return (1...24).contains(severityNumber) ? names[(severityNumber - 1) / 4] : ""
    }

    /// True from severity ERROR.
    package var isError: Bool { severityNumber >= 17 }

    /// The message for people: the body, else the event's name.
    package var message: String {
        let text = body.string ?? (body == .empty ? "" : body.json.text)
        return text.isEmpty ? eventName : text
    }

    /// The record in the workbench's own JSON.
    package var json: JSONValue {
        [
            "traceId": traceID.map { .string($0.hex) } ?? .null, "spanId": spanID.map { .string($0.hex) } ?? .null,
            "timeNanoseconds": .number(JSONNumber(timeNanoseconds)), "severity": .string(severity),
            "isError": .bool(isError), "message": .string(message), "eventName": .string(eventName),
            "attributes": attributes.json, "service": .string(service), "scope": .string(scopeName),
        ]
    }
}
