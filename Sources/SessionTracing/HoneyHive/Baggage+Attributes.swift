extension Baggage {
    /// Members that belong to an evaluation run; HoneyHive shows them as metadata.
    private static let evaluationKeys: Set = ["run_id", "dataset_id", "datapoint_id"]
    /// Names the sender's own object in its own process, which means nothing here.
    private static let senderKey = "honeyhive_tracer_id"

    /// Writes what travels with the trace onto each span, as HoneyHive's clients do.
    func write(to attributes: inout AttributeList) {
        for item in items where item.key != Self.senderKey && !Self.isAssociation(item.key) {
            let key =
                if Self.evaluationKeys.contains(item.key) {
                    "\(HoneyHiveField.Document.metadata.prefix)\(item.key)"
                } else if item.key == "parent_id" {
                    HoneyHiveField.parentID
                } else {
                    "baggage.\(item.key)"
                }
            attributes.set(key, to: .string(item.value))
        }
    }
}
