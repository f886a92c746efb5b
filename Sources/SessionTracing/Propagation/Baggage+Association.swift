extension Baggage {
    /// HoneyHive's own members: what a session, a project and a source are called, the strongest name first.
    private static func associationKeys(_ name: String) -> [String] {
        ["honeyhive.\(name)", "honeyhive_\(name)", name]
    }

    /// A value of HoneyHive's: the dotted name wins, then the one with an underscore, then the plain one.
    package func association(_ name: String) -> String? {
        guard !items.isEmpty else { return nil }
        return Self.associationKeys(name)
            .lazy.compactMap { self[$0] }
            .first { !$0.trimmingASCIISpace().isEmpty }
    }

    /// Whether a key names a session, a project or a source: such a member is never handed on as it came, for it could win
    /// over the one that is written.
    package static func isAssociation(_ key: String) -> Bool {
        ["session_id", "project", "source"].contains { associationKeys($0).contains(key) }
    }
}
