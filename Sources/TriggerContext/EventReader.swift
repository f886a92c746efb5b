internal import SessionTracing

/// What was found in an event before it is decided what of it counts.
struct FoundEvent {
    var trigger = Trigger()
    var caller = Caller()
    var records: [RecordContext] = []
    /// Whether the event could be read to its end.
    var isWhole = false
}

/// What the function says of the reading of its events.
struct ReadingSettings {
    /// Its own place of the session's id.
    let path: SessionPath?
    /// The header fields that it wants to be read.
    let propagators: Propagators
}

/// Recognises what invoked the function, and reads the event accordingly.
enum EventReader {
    private static let names =
        HTTPEvent.names + RecordsEvent.names + BrokerEvent.names + BusEvent.names

    /// - Throws: When the event is no JSON object, or a malformed one.
    static func read(
        _ event: UnsafeBufferPointer<UInt8>,
        _ settings: ReadingSettings
    ) throws(MalformedJSON) -> FoundEvent {
        let document = try Document(event, keeping: names)
        var found = try recognised(document, settings)
        found.caller.restrict(to: settings.propagators)
        found.isWhole = true
        return found
    }

    /// The first family that knows the event as its own.
    ///
    /// What nobody knows, a caller wrote itself.
    private static func recognised(
        _ document: Document,
        _ settings: ReadingSettings
    ) throws(MalformedJSON) -> FoundEvent {
        if let found = try HTTPEvent.read(document) { return found }
        if let found = try RecordsEvent.read(document, settings) { return found }
        if let found = try BrokerEvent.read(document, settings) { return found }
        if let found = try BusEvent.read(document) { return found }
        var direct = FoundEvent()
        direct.caller.take(document.payload)
        return direct
    }
}
