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
    /// Values are cut from the largest down if the request is larger than HoneyHive accepts, and `metadata.truncated`
    /// marks that.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - maximumBytes: The maximum size of the request's body, in bytes.
    /// - Returns: The request.
    func request(for session: SessionID, maximumBytes: Int = SpanBuffer.maximumBatchBytes) -> SessionRequest {
        var body = body(for: session)
        guard body.count > maximumBytes else { return SessionRequest(kind: .enrich, body: body) }
        var level = groups.values.flatMap(\.values).map(\.weight).max() ?? 0
        while body.count > maximumBytes, level > SpanRecord.minimumCutBytes {
            level = max(SpanRecord.minimumCutBytes, min(level / 4 * 3, level * maximumBytes / body.count))
            body = cut(to: level).body(for: session)
        }
        // Numerous values, each of which is small.
        var share = maximumBytes
        while body.count > maximumBytes, share > 0 {
            share /= 2
            body = cut(to: level, ofGroup: share).body(for: session)
        }
        return SessionRequest(kind: .enrich, body: body)
    }

    /// Returns the enrichment with cut values and a mark.
    ///
    /// - Parameters:
    ///   - level: The maximum size of a value, in bytes.
    ///   - share: The maximum size of a group, in bytes.
    /// - Returns: The cut enrichment.
    private func cut(to level: Int, ofGroup share: Int = .max) -> SessionEnrichment {
        var enrichment = self
        enrichment.groups = groups.mapValues { members in
            let values = members.mapValues { $0.cut(to: level) }
            guard case .dictionary(let kept) = AttributeValue.dictionary(values).cut(to: share) else { return values }
            return kept
        }
        enrichment.groups[.metadata, default: [:]]["truncated"] = true
        return enrichment
    }

    /// Returns the request's body.
    ///
    /// `PUT /events` takes no inputs: like HoneyHive's clients, it sends them as a member of the metadata.
    private func body(for session: SessionID) -> [UInt8] {
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
        return writer.bytes
    }
}
