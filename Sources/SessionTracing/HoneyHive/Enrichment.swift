/// The fields of one enrichment call, flattened and redacted.
struct Enrichment {
    private let fields: [AttributeList.Entry]
    let error: String?

    init(
        inputs: [String: AttributeValue] = [:],
        outputs: [String: AttributeValue] = [:],
        metadata: [String: AttributeValue] = [:],
        metrics: [String: AttributeValue] = [:],
        config: [String: AttributeValue] = [:],
        userProperties: [String: AttributeValue] = [:],
        error: String? = nil,
        feedback: [String: AttributeValue] = [:],
        redaction: Redaction
    ) {
        var flattening = Flattening(redaction: redaction)
        func add(_ group: HoneyHiveField.SpanFieldGroup, _ members: [String: AttributeValue]) {
            if !members.isEmpty { flattening.append(members, to: group) }
        }
        add(.inputs, inputs)
        add(.outputs, outputs)
        add(.metadata, metadata)
        add(.metrics, metrics)
        add(.config, config)
        add(.userProperties, userProperties)
        add(.feedback, feedback)
        fields = flattening.entries
        self.error = error
    }

    var isEmpty: Bool { fields.isEmpty && error == nil }

    /// Writes the fields; the caller sets the span's status from ``error``.
    func write(to attributes: inout AttributeList) {
        attributes.set(fields)
        if let error { attributes.set(HoneyHiveField.error, to: .string(error), priority: .required) }
    }
}
