/// One event of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html).
public struct ServerSentEvent: Sendable, Hashable {
    /// What happened; a text of several lines arrives as it is.
    public var data: String
    /// The event's type; nil is `message` to the client.
    public var event: String?
    /// What the client sends back as `Last-Event-ID` when it reconnects.
    public var id: String?
    /// How long the client waits before it reconnects.
    public var retry: Duration?

    /// Makes an event.
    ///
    /// - Parameters:
    ///   - data: What happened.
    ///   - event: The event's type.
    ///   - id: What the client sends back when it reconnects.
    ///   - retry: How long the client waits before it reconnects; sent in whole milliseconds.
    public init(data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
    }

    /// - Throws: ``ResponseStreamError`` when a line break in the type or the id would end its field, or the id holds a NUL.
    func encoded() throws(ResponseStreamError) -> [UInt8] {
        var text = ""
        if let event { text += try Self.field("event", event) }
        if let id { text += try Self.field("id", id) }
        if let retry { text += "retry: \(max(0, retry.wholeNanoseconds / 1_000_000))\n" }
        // Swift counts a carriage return with its line feed as one character, and each is a line's end to the client.
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isLineEnd) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func field(_ name: String, _ value: String) throws(ResponseStreamError) -> String {
        guard value.utf8.allSatisfy({ $0 != 0 && $0 != 0x0A && $0 != 0x0D }) else {
            throw ResponseStreamError(code: .invalidEvent, detail: "its \(name) holds a line break or a NUL")
        }
        return "\(name): \(value)\n"
    }
}

extension Character {
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
