/// The HoneyHive session that an invocation belongs to.
public struct Session: Sendable, Hashable {
    /// Where a session id came from.
    public enum Origin: String, Sendable, Hashable {
        /// A key of the event's payload.
        case event
        /// A dedicated header of the event.
        case header
        /// The `baggage` header.
        case baggage
        /// A query parameter.
        case queryParameter
        /// A message attribute of a queue or topic.
        case messageAttribute
        /// The Lambda client context.
        case clientContext
        /// `HH_SESSION_ID`.
        case environment
        /// Nowhere: the id was made up for this invocation.
        case generated
    }

    /// The session's id.
    public let id: SessionID
    /// Where the id came from.
    public let origin: Origin
    /// The name that HoneyHive shows, if this invocation is the one that creates the session.
    public let name: String
    /// The HoneyHive project, or nil when none is set.
    public let project: String?
    /// The HoneyHive source: the environment that runs, as `dev` or `prod`.
    public let source: String

    package init(id: SessionID, origin: Origin, name: String, project: String?, source: String) {
        self.id = id
        self.origin = origin
        self.name = name
        self.project = project
        self.source = source
    }
}
