public import SessionTracing

/// A span as it would have been delivered.
public struct RecordedSpan: Sendable {
    /// The step's name.
    public let name: String
    /// The span's id.
    public let id: SpanID
    /// The span around it, or the caller's: nil for a trace's first.
    public let parentID: SpanID?
    /// The trace that it is in.
    public let traceID: TraceID
    /// How long it took, by the test's clock.
    public let duration: Duration
    /// What its status says of a failure: nil when it has not failed.
    public let errorMessage: String?
    /// The names of its events: `exception` where an error was recorded.
    public let eventNames: [String]
    /// The spans that it is linked with, of this or of other traces.
    public let linkedIDs: [SpanID]
    /// All attributes, HoneyHive's fields among them in their flattened form: `honeyhive_inputs.question`.
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

    /// The session that it is in.
    public var sessionID: String? { text("honeyhive.session_id") }

    /// What kind of step it is.
    public var eventType: EventType? { text("honeyhive_event_type").flatMap(EventType.init) }

    /// One of its inputs.
    ///
    /// - Parameter path: The input's flattened name: `question`, `documents.0`.
    /// - Returns: The value, or nil.
    public func input(_ path: String) -> AttributeValue? { attributes["honeyhive_inputs.\(path)"] }

    /// One of its outputs.
    ///
    /// - Parameter path: The output's flattened name.
    /// - Returns: The value, or nil.
    public func output(_ path: String) -> AttributeValue? { attributes["honeyhive_outputs.\(path)"] }

    private func text(_ key: String) -> String? {
        guard case .string(let text) = attributes[key] else { return nil }
        return text
    }
}
