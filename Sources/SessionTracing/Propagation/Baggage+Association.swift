internal import WireText

extension Baggage {
    /// HoneyHive's own baggage keys for session, project and source, in order of precedence.
    private static let associationKeys = Dictionary(
        uniqueKeysWithValues: ["session_id", "project", "source"].map {
            ($0, ["honeyhive.\($0)", "honeyhive_\($0)", $0])
        }
    )

    private static let associationNames = Set(associationKeys.values.joined())

    /// Returns the value of a HoneyHive member: the dotted key takes precedence, then the one with an underscore, then
    /// the plain one.
    package func association(_ name: String) -> String? {
        guard !items.isEmpty else { return nil }
        for key in Self.associationKeys[name] ?? [] {
            if let value = self[key], !value.trimmingSpace().isEmpty { return value }
        }
        return nil
    }

    /// Returns true if the key denotes a session, a project or a source.
    ///
    /// Such members are never forwarded unchanged, because they could take precedence over the ones that this framework
    /// writes.
    package static func isAssociation(_ key: String) -> Bool { associationNames.contains(key) }
}
