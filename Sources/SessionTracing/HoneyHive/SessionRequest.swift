/// A request of HoneyHive's REST interface that goes out with the spans: it waits, and is tried again, as they do.
package struct SessionRequest: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Creates the session; before its spans.
        case start
        /// Adds to the session; after its spans, which create it.
        case enrich
    }

    package let kind: Kind
    /// JSON.
    package let body: [UInt8]

    package init(kind: Kind, body: [UInt8]) {
        self.kind = kind
        self.body = body
    }

    /// `POST /session/start`, for those who do not want ingestion to create the session.
    package static func start(_ session: Session) -> SessionRequest {
        var writer = JSONWriter()
        writer.object { request in
            request.name("session")
            request.object { fields in
                fields.member("session_id", session.id.description)
                fields.member("session_name", session.name)
                fields.member("source", session.source)
                if let project = session.project { fields.member("project", project) }
            }
        }
        return SessionRequest(kind: .start, body: writer.bytes)
    }
}
