/// What a caller adds to a span at once.
struct Enrichment {
    var documents: [(HoneyHiveField.Document, [String: AttributeValue])] = []
    var error: String?

    init(
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:]
    ) {
        documents = [
            (.inputs, inputs), (.outputs, outputs), (.metadata, metadata), (.metrics, metrics), (.config, config),
            (.userProperties, userProperties), (.feedback, feedback),
        ]
        self.error = error
    }

    /// Without the secrets.
    func redacted(by redaction: Redaction) -> Enrichment {
        var copy = self
        copy.documents = documents.filter { !$1.isEmpty }.map { ($0, redaction.apply(to: $1)) }
        return copy
    }

    /// Writes the flattened fields; an error is the caller's to turn into a status.
    func write(to attributes: inout AttributeList) {
        for (document, members) in documents where !members.isEmpty {
            attributes.setFlattened(document.rawValue, to: .dictionary(members))
        }
        if let error { attributes.set(HoneyHiveField.error, to: .string(error), priority: .required) }
    }
}
