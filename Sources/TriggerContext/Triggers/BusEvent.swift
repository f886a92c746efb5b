internal import WireText

/// An event of an EventBridge bus or schedule
/// (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html).
enum BusEvent {
    static let names: [StaticString] = ["detail-type", "source", "detail"]

    /// Reads the event; returns nil if it is not from EventBridge.
    static func read(_ event: EventMembers) throws(MalformedJSON) -> FoundEvent? {
        guard event["detail-type"]?.string != nil, let source = event["source"]?.text else { return nil }
        var found = FoundEvent()
        found.trigger.source = ["aws.events", "aws.scheduler"].contains(source) ? .schedule : .eventBridge
        if let detail = event["detail"]?.members { found.hints.take(try PayloadHints(detail)) }
        found.hints.take(event.payload)
        return found
    }
}
