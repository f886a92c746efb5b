internal import WireText

/// Collects an invocation's additions to its session, which the flush sends in one request.
struct SessionEnrichment: Sendable, Equatable {
    private var groups: [String: [String: AttributeValue]] = [:]

    /// Merges members as HoneyHive's server does: maps are merged, outputs are replaced.
    ///
    /// One request thus has the effect of many.
    mutating func merge(_ members: [String: AttributeValue], into group: SessionFieldGroup) {
        switch group {
        case .outputs: groups[group.rawValue] = members
        default: groups[group.rawValue, default: [:]].merge(members) { $1 }
        }
    }

    /// A field of `PUT /events` that an enrichment may set.
    enum SessionFieldGroup: String {
        case metadata
        case feedback
        case metrics
        case outputs
        case config
        case userProperties = "user_properties"
    }

    /// Returns the request that adds the enrichment to the session.
    func request(for session: SessionID) -> SessionRequest {
        var writer = JSONWriter()
        writer.object { event in
            event.member("event_id", session.description)
            for name in groups.keys.sorted() {
                event.name(name)
                event.value(.dictionary(groups[name] ?? [:]))
            }
        }
        return SessionRequest(kind: .enrich, body: writer.bytes)
    }
}
