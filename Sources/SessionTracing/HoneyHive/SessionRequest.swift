internal import WireText

/// A request of HoneyHive's REST API about a session.
///
/// It is sent, deferred and retried with the spans.
package struct SessionRequest: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Creates the session; sent before its spans.
        case start
        /// Adds to the session; sent after its spans, which create it.
        case enrich
    }

    package let kind: Kind
    /// The request body in JSON.
    package let body: [UInt8]

    package init(kind: Kind, body: [UInt8]) {
        self.kind = kind
        self.body = body
    }

    /// Returns the `POST /session/start` request, for setups in which ingestion must not create the session.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - baggage: The invocation's baggage; its ids of an evaluation run are the session's metadata.
    ///   - redaction: The redaction of these ids, by which the session has what its spans have.
    /// - Returns: The request.
    package static func start(
        _ session: Session,
        baggage: Baggage = Baggage(),
        redaction: Redaction = .standard
    ) -> SessionRequest {
        let evaluation = baggage.evaluation
        var writer = JSONWriter()
        writer.object { request in
            request.name("session")
            request.object { fields in
                fields.member("session_id", session.id.description)
                fields.member("session_name", session.name)
                fields.member("source", session.source)
                if let project = session.project { fields.member("project", project) }
                guard !evaluation.isEmpty else { return }
                fields.name("metadata")
                fields.object { metadata in
                    for item in evaluation {
                        metadata.name(item.key)
                        metadata.value(redaction.redacted(.string(item.value), of: Baggage.attributeKey(of: item.key)))
                    }
                }
            }
        }
        return SessionRequest(kind: .start, body: writer.bytes)
    }
}
