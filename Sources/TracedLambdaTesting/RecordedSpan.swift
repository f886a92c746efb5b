public import SessionTracing

/// A span as it would be delivered.
public struct RecordedSpan: Sendable {
    /// The step's name.
    public let name: String
    /// The span's id.
    public let id: SpanID
    /// The id of the parent span, possibly the caller's; nil for the first span of a trace.
    public let parentID: SpanID?
    /// The id of the trace.
    public let traceID: TraceID
    /// The duration by the test's clock.
    public let duration: Duration
    /// The error message of the status; nil if the span has not failed.
    public let errorMessage: String?
    /// The names of the span's events; `exception` for a recorded error.
    public let eventNames: [String]
    /// The ids of the linked spans, of this or of other traces.
    public let linkedIDs: [SpanID]
    /// All attributes, including HoneyHive's fields in their flattened form: `honeyhive_inputs.question`.
    public let attributes: [String: AttributeValue]

    init(_ record: SpanRecord) {
        name = record.name
        id = record.spanID
        parentID = record.parentSpanID
        traceID = record.traceID
        duration = .nanoseconds(record.endUnixNanoseconds - record.startUnixNanoseconds)
        if case .error(let message) = record.status { errorMessage = message } else { errorMessage = nil }
        eventNames = record.events.map(\.name)
        linkedIDs = record.links.map(\.spanID)
        attributes = Dictionary(uniqueKeysWithValues: record.attributes.entries.map { ($0.key, $0.value) })
    }

    /// The id of the span's session.
    public var sessionID: String? { text("honeyhive.session_id") }

    /// The type of the step.
    public var eventType: EventType? { text("honeyhive_event_type").flatMap(EventType.init) }

    /// Returns one of the span's inputs.
    ///
    /// - Parameter path: The input's flattened name: `question`, `documents.0`.
    /// - Returns: The value, or nil.
    public func input(_ path: String) -> AttributeValue? { attributes["honeyhive_inputs.\(path)"] }

    /// Returns one of the span's outputs.
    ///
    /// - Parameter path: The output's flattened name.
    /// - Returns: The value, or nil.
    public func output(_ path: String) -> AttributeValue? { attributes["honeyhive_outputs.\(path)"] }

    private func text(_ key: String) -> String? {
        guard case .string(let text) = attributes[key] else { return nil }
        return text
    }
}
