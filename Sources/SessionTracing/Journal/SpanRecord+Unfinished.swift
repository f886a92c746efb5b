extension SpanRecord {
    /// Creates the record of a span that an ended process left open.
    ///
    /// The span is marked as failed and unfinished.
    ///
    /// - Parameters:
    ///   - start: The stored start of the span.
    ///   - scope: The data that it shares with the spans of its tracer.
    ///   - end: The cause of the process's end.
    ///   - endUnixNanoseconds: The earliest possible end time, in nanoseconds since the Unix epoch.
    package init(unfinished start: SpanStart, in scope: JournalScope, end: ProcessEnd, endUnixNanoseconds: UInt64) {
        let endUnixNanoseconds = max(endUnixNanoseconds, start.startUnixNanoseconds)
        var attributes = AttributeList()
        for entry in scope.attributes + start.attributes {
            attributes.set(entry.key, to: entry.value, priority: .identifying)
        }
        let eventType = start.eventType ?? .inferred(name: start.name, attributes: attributes)
        attributes.set(HoneyHiveField.eventType, to: .string(eventType.rawValue), priority: .identifying)
        attributes.set(HoneyHiveField.error, to: .string(end.message), priority: .required)
        attributes.set(HoneyHiveField.unfinished, to: true, priority: .required)
        var exception = AttributeList()
        exception.set("exception.type", to: .string(end.errorType))
        exception.set("exception.message", to: .string(end.message))
        self.init(
            traceID: start.traceID,
            spanID: start.spanID,
            parentSpanID: start.parentSpanID,
            isParentRemote: start.isParentRemote,
            traceState: scope.traceState,
            isSampled: true,
            name: start.name,
            kind: start.kind,
            startUnixNanoseconds: start.startUnixNanoseconds,
            endUnixNanoseconds: endUnixNanoseconds,
            attributes: attributes,
            events: [Event(name: "exception", unixNanoseconds: endUnixNanoseconds, attributes: exception)],
            status: .error(message: "\(end.errorType): \(end.message)")
        )
    }
}
