/// The names that are searched for in payloads, headers, query parameters and message attributes.
enum WantedName {
    static let sessionKeys: [StaticString] = [
        "session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id",
    ]
    /// Objects whose members may contain a session key.
    static let sessionScopes: [StaticString] = ["honeyhive", "metadata"]
    /// An object that is equivalent to a request's headers.
    static let headers: StaticString = "headers"
    /// The W3C fields.
    static let fields: [StaticString] = ["traceparent", "tracestate", "baggage"]
    static let dedicatedHeaders: [StaticString] = ["x-honeyhive-session-id", "x-session-id"]
    static let headerFields = fields + dedicatedHeaders
    /// All names; most members of an event have another length.
    static let table = NameTable(sessionKeys + sessionScopes + [headers] + headerFields)
}
