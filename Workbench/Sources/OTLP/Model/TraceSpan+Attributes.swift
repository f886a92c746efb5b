/// Values that HoneyHive reads from a span's attributes, under the names of HoneyHive's own client.
extension TraceSpan {
    /// The names of the attributes that hold a session's id, in order of precedence.
    private static let sessionNames = [
        "honeyhive.session_id", "traceloop.association.properties.session_id", "langfuse.session.id", "session.id",
        "gen_ai.conversation.id", "ai.telemetry.metadata.sessionId",
    ]

    /// The session id: HoneyHive's own attribute, else one of the names that other libraries use.
    package var sessionID: String? {
        for key in Self.sessionNames {
            if let id = attributes[key]?.string, !id.isEmpty { return id }
        }
        return nil
    }

    /// The session id that the caller gave, when the service had to derive another one from it.
    var upstreamSessionID: String? {
        attributes["honeyhive_metadata.upstream_session_id"]?.string
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

    /// The request id of the invocation that this span stands for; `nil` for other spans.
    package var requestID: String? { attributes["faas.invocation_id"]?.string }

    /// The name of the session that this span creates.
    package var sessionName: String? {
        attributes["honeyhive.session_name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The span's service: its name, else the function's name, else the language of a service without a name.
    package var service: String { Self.service(of: resource) }

    /// The service of a resource.
    static func service(of resource: [Attribute]) -> String {
        let name = resource["service.name"]?.string ?? ""
        guard name.isEmpty || name.hasPrefix("unknown_service") else { return name }
        for key in ["faas.name", "telemetry.sdk.language"] {
            if let other = resource[key]?.string, !other.isEmpty { return other }
        }
        return name
    }
}
