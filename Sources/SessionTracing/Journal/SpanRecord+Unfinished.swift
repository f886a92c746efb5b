extension SpanRecord {
    /// A span that its process has left open, closed as failed by another one.
    ///
    /// - Parameters:
    ///   - start: What was noted when it started.
    ///   - scope: What it shares with the spans of its tracer.
    ///   - end: How its process ended.
    ///   - endUnixNanoseconds: When it ended at the earliest.
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
