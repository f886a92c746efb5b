extension Baggage {
    /// The members of an evaluation run, which HoneyHive shows as metadata.
    private static let evaluationKeys = ["run_id", "dataset_id", "datapoint_id"]
    /// The id of the sender's own tracer object, which has no meaning in this process.
    private static let senderKey = "honeyhive_tracer_id"

    /// Writes the baggage to a span's attributes, as HoneyHive's clients do, redacted like all values of a caller.
    func write(to attributes: inout AttributeList, _ redaction: Redaction) {
        for item in items where item.key != Self.senderKey && !Self.isAssociation(item.key) {
            let key = Self.attributeKey(of: item.key)
            attributes.set(key, to: redaction.redacted(.string(item.value), of: key))
        }
    }

    /// Returns the name of a member's attribute.
    static func attributeKey(of key: String) -> String {
        if evaluationKeys.contains(key) { return "\(HoneyHiveField.SpanFieldGroup.metadata.prefix)\(key)" }
        return key == "parent_id" ? HoneyHiveField.parentID : "baggage.\(key)"
    }

    /// Creates the baggage of an evaluation run; blank ids are ignored.
    package init(runID: String?, datasetID: String?, datapointID: String?) {
        self.init()
        for (key, id) in zip(Self.evaluationKeys, [runID, datasetID, datapointID]) {
            if let id, !id.isEmpty { set(key, to: id) }
        }
    }

    /// The ids of the evaluation run, in the order of HoneyHive's clients.
    var evaluation: [Item] {
        Self.evaluationKeys.compactMap { key in
            self[key].flatMap { $0.isEmpty ? nil : Item(key: key, value: $0) }
        }
    }

    /// Returns the baggage with the members of another one whose keys it does not have.
    func completed(with defaults: Baggage) -> Baggage {
        var completed = self
        for item in defaults.items where self[item.key] == nil { completed.set(item) }
        return completed
    }
}
