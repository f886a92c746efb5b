/// The HoneyHive session of an invocation.
public struct Session: Sendable, Hashable {
    /// The source of a session id.
    public enum Origin: String, Sendable, Hashable {
        /// The event's data: a session key of the payload, the configured path (`TRACED_LAMBDA_SESSION_PATH`), or the
        /// invoking service's own id of the conversation.
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
        /// An argument of a function, such as `withDistributedTraceContext`.
        case argument
        /// `HH_SESSION_ID`.
        case environment
        /// The caller's trace, which is sent without a session id: the session's id is the trace id as a UUID.
        case trace
        /// None: the id was generated for this invocation.
        case generated
    }

    /// The session's id.
    public let id: SessionID
    /// The source of the id.
    public let origin: Origin
    /// The name that HoneyHive shows if this invocation creates the session.
    public let name: String
    /// The HoneyHive project, or nil if none is set.
    public let project: String?
    /// The HoneyHive source: the deployment environment, such as `dev` or `prod`.
    public let source: String

    /// Returns the session id of a part of the invocation whose caller sends no session id, with its origin.
    ///
    /// The part is in the invocation's session if that was named; otherwise in the session of the caller's trace, as in
    /// each other function of that trace.
    ///
    /// - Parameter caller: The part's caller, or nil.
    /// - Returns: The id and its origin.
    package func idOfPart(from caller: TraceContext?) -> (id: SessionID, origin: Origin) {
        guard let caller, origin == .generated || origin == .trace else { return (id, origin) }
        return (SessionID(of: caller.traceID), .trace)
    }

    /// Advice for the session's caller, without its data; nil if there is none.
    package var problem: String? {
        if id.upstreamText != nil {
            return "a caller's session id is not a UUID; the session's id is the UUID made from its text"
        }
        guard origin == .trace else { return nil }
        return """
            a caller sends a trace and no session id; the session's id is the trace id as a UUID. To choose the session, \
            send session_id in the header baggage or in the payload, or the header x-honeyhive-session-id
            """
    }

    package init(id: SessionID, origin: Origin, name: String, project: String?, source: String) {
        self.id = id
        self.origin = origin
        self.name = name
        self.project = project
        self.source = source
    }
}
