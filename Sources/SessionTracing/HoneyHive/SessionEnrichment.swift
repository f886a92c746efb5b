internal import WireText

/// Collects an invocation's additions to its session, which the flush sends in one request.
struct SessionEnrichment: Sendable, Equatable {
    private var groups: [HoneyHiveField.SpanFieldGroup: [String: AttributeValue]] = [:]

    /// Merges members as HoneyHive's server does: maps are merged, outputs are replaced.
    ///
    /// One request thus has the effect of many.
    mutating func merge(_ members: [String: AttributeValue], into group: HoneyHiveField.SpanFieldGroup) {
        switch group {
        case .outputs: groups[group] = members
        default: groups[group, default: [:]].merge(members) { $1 }
        }
    }

    /// Returns the request that adds the enrichment to the session.
    ///
    /// `PUT /events` takes no inputs: like HoneyHive's clients, it sends them as a member of the metadata.
    func request(for session: SessionID) -> SessionRequest {
        var groups = groups
        if let inputs = groups.removeValue(forKey: .inputs) {
            groups[.metadata, default: [:]]["inputs"] = .dictionary(inputs)
        }
        var writer = JSONWriter()
        writer.object { event in
            event.member("event_id", session.description)
            for (group, members) in groups.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                event.name(group.rawValue)
                event.value(.dictionary(members))
            }
        }
        return SessionRequest(kind: .enrich, body: writer.bytes)
    }
}
