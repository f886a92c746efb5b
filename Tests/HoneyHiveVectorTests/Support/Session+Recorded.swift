import SessionTracing
import Testing

extension Session {
    /// A session as the recorded program had it; the reference client names one by the program's file.
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
