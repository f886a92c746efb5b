extension Session {
    /// What every span of every session has, made once.
    private enum Key {
        static let sessionID = Association("session_id", HoneyHiveField.sessionID)
        static let project = Association("project", HoneyHiveField.project)
        static let source = Association("source", HoneyHiveField.source)
        static let sessionName = AttributeKey(HoneyHiveField.sessionName)
        static let sessionAutoCreate = AttributeKey(HoneyHiveField.sessionAutoCreate)
        /// OpenTelemetry's own name, for backends that are not HoneyHive.
        static let openTelemetrySessionID = AttributeKey("session.id")
        static let upstreamSessionID = AttributeKey("upstream_session_id", in: .metadata)
    }

    /// An attribute, and the one that older ingestion reads in its place.
    private struct Association {
        let key: AttributeKey
        let older: AttributeKey

        init(_ name: String, _ key: String) {
            self.key = AttributeKey(key)
            older = AttributeKey(HoneyHiveField.traceloopPrefix + name)
        }
    }

    /// Writes what every span of this session carries, so that ingestion files it there and creates the session when it is
    /// the first to arrive.
    func write(to attributes: inout AttributeList) {
        let id = id.description
        set(Key.sessionID, to: id, in: &attributes)
        if let project { set(Key.project, to: project, in: &attributes) }
        set(Key.source, to: source, in: &attributes)
        attributes.set(Key.sessionName, to: .string(name), priority: .identifying)
        attributes.set(Key.sessionAutoCreate, to: true, priority: .identifying)
        attributes.set(Key.openTelemetrySessionID, to: .string(id), priority: .identifying)
        if let text = self.id.upstreamText {
            attributes.set(Key.upstreamSessionID, to: .string(text), priority: .ordinary)
        }
    }

    private func set(_ association: Association, to value: String, in attributes: inout AttributeList) {
        attributes.set(association.key, to: .string(value), priority: .identifying)
        attributes.set(association.older, to: .string(value), priority: .identifying)
    }
}
