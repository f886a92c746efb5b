extension Baggage {
    /// HoneyHive's own members: what a session, a project and a source are called, the strongest name first.
    private static let associationKeys = Dictionary(
        uniqueKeysWithValues: ["session_id", "project", "source"].map {
            ($0, ["honeyhive.\($0)", "honeyhive_\($0)", $0])
        }
    )

    /// A value of HoneyHive's: the dotted name wins, then the one with an underscore, then the plain one.
    package func association(_ name: String) -> String? {
        guard !items.isEmpty else { return nil }
        for key in Self.associationKeys[name] ?? [] {
            if let value = self[key], !value.trimmingASCIISpace().isEmpty { return value }
        }
        return nil
    }

    /// Whether a key names a session, a project or a source: such a member is never handed on as it came, for it could win
    /// over the one that is written.
    package static func isAssociation(_ key: String) -> Bool {
        associationKeys.values.contains { $0.contains(key) }
    }
}
