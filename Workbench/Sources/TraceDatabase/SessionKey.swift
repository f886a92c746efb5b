import TraceModel

/// The id under which a session is stored.
enum SessionKey {
    /// Scalars of an id beyond which it is cut: it comes from outside, and is a key.
    static let limitScalars = 512

    /// A UUID's usual spelling; of another text at most ``limitScalars``.
    static func canonical(_ id: String) -> String {
        SessionScope.canonicalUUID(id) ?? String(String.UnicodeScalarView(id.unicodeScalars.prefix(limitScalars)))
    }

    /// The stand-in for a session of which no span of a trace tells.
    static func standIn(for trace: TraceID) -> String {
        "trace-\(trace.hex)"
    }
}
