internal import SessionTracing
internal import WireText

/// The data found in an event, before precedence is applied.
struct FoundEvent {
    var trigger = Trigger()
    var hints = CallerHints()
    var records: [RecordContext] = []
    /// True if the event was parsed to its end.
    var isWhole = false
}

/// The function's settings for reading events.
struct ReadingSettings {
    /// The function's configured path of the session id.
    let path: SessionPath?
    /// The propagators whose header fields are read.
    let propagators: Propagators
}

/// Recognises the trigger of an event and reads the event accordingly.
enum EventReader {
    private static let names =
        HTTPEvent.names + RecordsEvent.names + BrokerEvent.names + BusEvent.names

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - event: The event's JSON text.
    ///   - settings: The function's settings.
    /// - Returns: The data found.
    /// - Throws: ``MalformedJSON`` if the event is not a JSON object or is malformed.
    static func read(
        _ event: UnsafeBufferPointer<UInt8>,
        _ settings: ReadingSettings
    ) throws(MalformedJSON) -> FoundEvent {
        let members = try EventMembers(event, keeping: names)
        var found = try recognised(members, settings)
        found.hints.restrict(to: settings.propagators)
        found.isWhole = true
        return found
    }

    /// Reads the event with the first trigger family that recognises it.
    ///
    /// An event that no family recognises is a direct invocation by a caller.
    private static func recognised(
        _ members: EventMembers,
        _ settings: ReadingSettings
    ) throws(MalformedJSON) -> FoundEvent {
        if let found = try HTTPEvent.read(members) { return found }
        if let found = try RecordsEvent.read(members, settings) { return found }
        if let found = try BrokerEvent.read(members, settings) { return found }
        if let found = try BusEvent.read(members) { return found }
        var direct = FoundEvent()
        direct.hints.take(members.payload)
        return direct
    }
}
