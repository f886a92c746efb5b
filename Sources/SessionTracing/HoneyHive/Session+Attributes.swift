extension Session {
    /// Writes what every span of this session carries, so that ingestion files it there and creates the session when it is
    /// the first to arrive.
    func write(to attributes: inout AttributeList) {
        let id = id.description
        associate("session_id", HoneyHiveField.sessionID, with: id, in: &attributes)
        if let project { associate("project", HoneyHiveField.project, with: project, in: &attributes) }
        associate("source", HoneyHiveField.source, with: source, in: &attributes)
        attributes.set(HoneyHiveField.sessionName, to: .string(name), priority: .identifying)
        attributes.set(HoneyHiveField.sessionAutoCreate, to: true, priority: .identifying)
        // OpenTelemetry's own name, for backends that are not HoneyHive.
        attributes.set("session.id", to: .string(id), priority: .identifying)
        if let text = self.id.upstreamText {
            attributes.set("\(HoneyHiveField.Document.metadata.prefix)upstream_session_id", to: .string(text))
        }
    }

    private func associate(_ name: String, _ key: String, with value: String, in attributes: inout AttributeList) {
        attributes.set(key, to: .string(value), priority: .identifying)
        attributes.set(HoneyHiveField.traceloopPrefix + name, to: .string(value), priority: .identifying)
    }
}
