/// Values that HoneyHive reads from a span's attributes, under the names of HoneyHive's own client.
extension TraceSpan {
    /// The session id: HoneyHive's own attribute, else one of the two names that other libraries use.
    package var sessionID: String? {
        for key in ["honeyhive.session_id", "traceloop.association.properties.session_id", "session.id"] {
            if let id = attributes[key]?.string, !id.isEmpty { return id }
        }
        return nil
    }

    /// The session id that the caller gave, when the service had to derive another one from it.
    package var upstreamSessionID: String? {
        attributes["honeyhive_metadata.upstream_session_id"]?.string
    }

    /// HoneyHive's event type: `model`, `tool`, `chain` or `session`.
    package var eventType: String? {
        attributes["honeyhive_event_type"]?.string
    }

    /// The error message: HoneyHive's own attribute, else the message of the status.
    ///
    /// - Returns: `nil` when the span has not failed; an empty text when it failed without a message.
    package var errorMessage: String? {
        if let message = attributes["honeyhive_error"]?.string { return message }
        if case .error(let message) = status { return message }
        return nil
    }

    /// Finds the attributes of one HoneyHive field, without the field's prefix: `honeyhive_inputs.query` → `query`.
    ///
    /// - Parameter field: `inputs`, `outputs`, `metadata`, `metrics`, `feedback`, `config` or `user_properties`.
    /// - Returns: The attributes, in the order of sending.
    package func honeyHiveField(_ field: String) -> [Attribute] {
        let prefix = "honeyhive_\(field)."
        return attributes.compactMap { attribute in
            attribute.key.hasPrefix(prefix)
                ? Attribute(String(attribute.key.dropFirst(prefix.count)), attribute.value) : nil
        }
    }
}
