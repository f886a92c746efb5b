import SessionTracing
import Testing

extension Session {
    /// Returns a session as in the recorded program; the reference client names a session after the program's file.
    static func recorded(
        _ id: String?,
        name: String = "s01_session_id",
        project: String? = "demo-project",
        source: String = "prod"
    ) throws -> Session {
        Session(
            id: try #require(SessionID(id ?? "")),
            origin: .event,
            name: name,
            project: project,
            source: source
        )
    }
}
