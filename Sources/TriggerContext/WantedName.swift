/// The names that are searched for in payloads, headers, query parameters and message attributes.
enum WantedName {
    static let sessionKeys: NameSet = [
        "session_id", "sessionId", "session-id", "honeyhive_session_id", "honeyhive.session_id",
    ]
    /// Objects whose members may contain a session key.
    static let sessionScopes: NameSet = ["honeyhive", "metadata"]
    /// An object that is equivalent to a request's headers.
    static let headers: NameSet = ["headers"]
    /// The W3C fields.
    static let fields: NameSet = ["traceparent", "tracestate", "baggage"]
    static let dedicatedHeaders: NameSet = ["x-honeyhive-session-id", "x-session-id"]
    /// All names that are searched for in a payload.
    static let payload = sessionKeys + sessionScopes + headers + fields
    static let headerFields = fields + dedicatedHeaders
}
