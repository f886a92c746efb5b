extension Session {
    /// The keys that every span has, created once.
    private enum Key {
        static let sessionID = Association("session_id", HoneyHiveField.sessionID)
        static let project = Association("project", HoneyHiveField.project)
        static let source = Association("source", HoneyHiveField.source)
        static let sessionName = AttributeKey(HoneyHiveField.sessionName)
        static let sessionAutoCreate = AttributeKey(HoneyHiveField.sessionAutoCreate)
        /// OpenTelemetry's attribute, for backends other than HoneyHive.
        static let openTelemetrySessionID = AttributeKey("session.id")
        static let upstreamSessionID = AttributeKey("upstream_session_id", in: .metadata)
    }

    /// An attribute with its equivalent for older ingestion.
    private struct Association {
        let key: AttributeKey
        let older: AttributeKey

        init(_ name: String, _ key: String) {
            self.key = AttributeKey(key)
            older = AttributeKey(HoneyHiveField.traceloopPrefix + name)
        }
    }

    /// Writes the session attributes of a span, by which ingestion assigns it to the session and creates the session if
    /// it does not exist.
    func write(to attributes: inout AttributeList, _ redaction: Redaction) {
        let id = id.description
        set(Key.sessionID, to: id, in: &attributes)
        if let project { set(Key.project, to: project, in: &attributes) }
        set(Key.source, to: source, in: &attributes)
        attributes.set(Key.sessionName, to: .string(name), priority: .identifying)
        attributes.set(Key.sessionAutoCreate, to: true, priority: .identifying)
        attributes.set(Key.openTelemetrySessionID, to: .string(id), priority: .identifying)
        if let text = self.id.upstreamText {
            let text = redaction.redacted(.string(text), of: Key.upstreamSessionID.name)
            attributes.set(Key.upstreamSessionID, to: text, priority: .ordinary)
        }
    }

    private func set(_ association: Association, to value: String, in attributes: inout AttributeList) {
        attributes.set(association.key, to: .string(value), priority: .identifying)
        attributes.set(association.older, to: .string(value), priority: .identifying)
    }
}
