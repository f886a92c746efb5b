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
