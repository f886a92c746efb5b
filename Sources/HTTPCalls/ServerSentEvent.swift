/// One event of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html): one that a
/// response stream sends, or one that the HTTP client has received.
///
/// ```swift
/// try await response.send(ServerSentEvent(data: "42", event: "answer"))
/// ```
public struct ServerSentEvent: Sendable, Hashable {
    /// The event's data; text of several lines is preserved.
    public var data: String
    /// The event's type; the client treats nil as `message`.
    public var event: String?
    /// The event's id, which the client sends as `Last-Event-ID` when it reconnects.
    ///
    /// A received event without an id of its own has that of the stream's last event with one.
    public var id: String?
    /// The time that the client waits before it reconnects.
    public var retry: Duration?

    /// Creates an event.
    ///
    /// - Parameters:
    ///   - data: The event's data.
    ///   - event: The event's type.
    ///   - id: The event's id, which the client sends when it reconnects.
    ///   - retry: The time that the client waits before it reconnects; sent in whole milliseconds.
    public init(data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
    }
}
