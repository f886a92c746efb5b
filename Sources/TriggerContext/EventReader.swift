internal import SessionTracing

/// What was found in an event before it is decided what of it counts.
struct FoundEvent {
    var trigger = Trigger()
    var caller = Caller()
    var records: [Record] = []
    /// Whether the event could be read to its end.
    var isWhole = false

    /// A record of a batch.
    struct Record {
        let index: Int
        let id: String
        var caller: Caller
    }

    /// Forgets the header fields that the function does not want to be read.
    mutating func restrict(to propagators: Propagators) {
        guard propagators != .all else { return }
        caller.restrict(to: propagators)
        for index in records.indices { records[index].caller.restrict(to: propagators) }
    }
}

/// Recognises what invoked the function, and reads the event accordingly.
enum EventReader {
    private static let names: [StaticString] =
        HTTPEvent.names + RecordsEvent.names + BrokerEvent.names + BusEvent.names

    /// - Throws: When the event is no JSON object, or a malformed one.
    static func read(_ event: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundEvent {
        let document = try Document(event, keeping: names)
        var found = try recognised(document, path: path)
        found.isWhole = true
        return found
    }

    /// The first family that knows the event as its own.
    ///
    /// What nobody knows, a caller wrote itself.
    private static func recognised(_ document: Document, path: SessionPath?) throws(MalformedJSON) -> FoundEvent {
        if let found = try HTTPEvent.read(document) { return found }
        if let found = try RecordsEvent.read(document, path: path) { return found }
        if let found = try BrokerEvent.read(document, path: path) { return found }
        if let found = try BusEvent.read(document) { return found }
        var direct = FoundEvent()
        direct.caller.take(document.payload)
        return direct
    }
}
