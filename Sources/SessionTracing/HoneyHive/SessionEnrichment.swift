/// What an invocation adds to its session, gathered until the flush sends it in one piece.
struct SessionEnrichment: Sendable, Equatable {
    private var documents: [String: [String: AttributeValue]] = [:]

    /// HoneyHive's server merges maps and replaces outputs; so does this, and one request has the effect of many.
    mutating func merge(_ members: [String: AttributeValue], into document: Document) {
        switch document {
        case .outputs: documents[document.rawValue] = members
        default: documents[document.rawValue, default: [:]].merge(members) { $1 }
        }
    }

    /// The fields of `PUT /events` that an enrichment may set.
    enum Document: String {
        case metadata
        case feedback
        case metrics
        case outputs
        case config
        case userProperties = "user_properties"
    }

    /// The request that brings it to HoneyHive.
    func request(for session: SessionID) -> SessionRequest {
        var writer = JSONWriter()
        writer.object { event in
            event.member("event_id", session.description)
            for name in documents.keys.sorted() {
                event.name(name)
                event.value(.dictionary(documents[name] ?? [:]))
            }
        }
        return SessionRequest(kind: .enrich, body: writer.bytes)
    }
}
