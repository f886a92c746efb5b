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
    var upstreamSessionID: String? {
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

/// Values for lists of spans, by OpenTelemetry's conventions (https://opentelemetry.io/docs/specs/semconv/) and
/// HoneyHive's.
extension TraceSpan {
    /// True when the sender ended the span early or never reported its end.
    package var isUnfinished: Bool {
        endNanoseconds == 0 || attributes["honeyhive_metadata.unfinished"] == .bool(true)
    }

    /// True for the first invocation of a process; `nil` when the span is not an invocation or has no such attribute.
    package var isColdStart: Bool? {
        if case .bool(let isCold)? = attributes["faas.coldstart"] { isCold } else { nil }
    }

    /// The name of the session that this span creates.
    package var sessionName: String? {
        attributes["honeyhive.session_name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The span's service: its name, else the function's name, else the language of a service without a name.
    package var service: String {
        let name = resource["service.name"]?.string ?? ""
        guard name.isEmpty || name.hasPrefix("unknown_service") else { return name }
        for key in ["faas.name", "telemetry.sdk.language"] {
            if let other = resource[key]?.string, !other.isEmpty { return other }
        }
        return name
    }

    /// The input and output tokens of a model call; `nil` when the span reports none.
    package var tokenCount: Int64? {
        let counts = ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"].compactMap { tokens($0) }
        guard counts.isEmpty else { return counts.reduce(0, adding) }
        if let total = tokens("honeyhive_metadata.total_tokens") { return total }
        let parts = ["honeyhive_metadata.prompt_tokens", "honeyhive_metadata.completion_tokens"]
            .compactMap { tokens($0) }
        return parts.isEmpty ? nil : parts.reduce(0, adding)
    }

    private func tokens(_ key: String) -> Int64? {
        guard case .int(let count)? = attributes[key], count >= 0 else { return nil }
        return count
    }

    private func adding(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? .max : sum
    }
}
