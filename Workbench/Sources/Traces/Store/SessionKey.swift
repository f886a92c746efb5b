import OTLP

/// Derives the key of a stored session.
enum SessionKey {
    /// The limit of a session id, in Unicode scalars; longer ids are cut, because they are untrusted and serve as keys.
    static let limitScalars = 512

    /// Normalises a session id: a UUID to its canonical notation, another text to at most ``limitScalars`` scalars.
    static func canonical(_ id: String) -> String {
        SessionScope.canonicalUUID(id) ?? String(String.UnicodeScalarView(id.unicodeScalars.prefix(limitScalars)))
    }

    /// The placeholder session of a trace whose spans name no session.
    static func placeholder(for trace: TraceID) -> String {
        "trace-\(trace.hex)"
    }
}
