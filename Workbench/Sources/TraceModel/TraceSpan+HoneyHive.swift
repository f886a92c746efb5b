/// What HoneyHive reads in a span's attributes (the names are those of its own client).
extension TraceSpan {
    /// The session: HoneyHive's own attribute, then the two names under which other libraries send it.
    package var sessionID: String? {
        for key in ["honeyhive.session_id", "traceloop.association.properties.session_id", "session.id"] {
            if let id = attributes[key]?.string, !id.isEmpty { return id }
        }
        return nil
    }

    /// The session's id as the caller gave it, when the service had to derive another one from it.
    package var upstreamSessionID: String? {
        attributes["honeyhive_metadata.upstream_session_id"]?.string
    }

    /// HoneyHive's type of event: `model`, `tool`, `chain` or `session`.
    package var eventType: String? {
        attributes["honeyhive_event_type"]?.string
    }

    /// The error's text: HoneyHive's own attribute, then the status' message.
    ///
    /// - Returns: `nil` when the span has not failed; an empty text when it failed and nobody said why.
    package var errorMessage: String? {
        if let message = attributes["honeyhive_error"]?.string { return message }
        if case .error(let message) = status { return message }
        return nil
    }

    /// The attributes of one of HoneyHive's fields, without the field's name: `honeyhive_inputs.query` → `query`.
    ///
    /// - Parameter field: `inputs`, `outputs`, `metadata`, `metrics`, `feedback`, `config` or `user_properties`.
    /// - Returns: The attributes, in the order in which they were sent.
    package func honeyHiveField(_ field: String) -> [Attribute] {
        let prefix = "honeyhive_\(field)."
        return attributes.compactMap { attribute in
            attribute.key.hasPrefix(prefix)
                ? Attribute(String(attribute.key.dropFirst(prefix.count)), attribute.value) : nil
        }
    }
}
