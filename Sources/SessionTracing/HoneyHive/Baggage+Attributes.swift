extension Baggage {
    /// The members of an evaluation run, which HoneyHive shows as metadata.
    private static let evaluationKeys: Set = ["run_id", "dataset_id", "datapoint_id"]
    /// The id of the sender's own tracer object, which has no meaning in this process.
    private static let senderKey = "honeyhive_tracer_id"

    /// Writes the baggage to a span's attributes, as HoneyHive's clients do, redacted like all values of a caller.
    func write(to attributes: inout AttributeList, _ redaction: Redaction) {
        for item in items where item.key != Self.senderKey && !Self.isAssociation(item.key) {
            let key =
                if Self.evaluationKeys.contains(item.key) {
                    "\(HoneyHiveField.SpanFieldGroup.metadata.prefix)\(item.key)"
                } else if item.key == "parent_id" {
                    HoneyHiveField.parentID
                } else {
                    "baggage.\(item.key)"
                }
            attributes.set(key, to: redaction.redacted(.string(item.value), of: key))
        }
    }
}
