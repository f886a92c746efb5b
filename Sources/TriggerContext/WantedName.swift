/// The names that are looked for in payloads, headers, query parameters and message attributes.
enum WantedName {
    static let sessionKeys: NameSet = [
        "session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id",
    ]
    /// Objects whose members may hold a session key.
    static let sessionScopes: NameSet = ["honeyhive", "metadata"]
    /// The object that takes the place of a request's headers.
    static let headers: NameSet = ["headers"]
    /// W3C's fields.
    static let fields: NameSet = ["traceparent", "tracestate", "baggage"]
    static let dedicatedHeaders: NameSet = ["x-honeyhive-session-id", "x-session-id"]
    /// All of these that a payload may have.
    static let payload = sessionKeys + sessionScopes + headers + fields
    static let headerFields = fields + dedicatedHeaders
}
