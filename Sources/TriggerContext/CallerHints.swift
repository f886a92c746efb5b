internal import SessionTracing

/// The caller's hints in one event, or in one record of a batch, with their order of precedence.
struct CallerHints {
    /// The session id at the function's configured path.
    var ownID: String?
    /// The session id of a session key in the payload.
    var payloadID: String?
    /// The header fields and their equivalents in order of precedence: headers, message attributes, the payload's own.
    var headerSources: [TraceHeaders] = []
    /// The session id of a query parameter.
    var queryID: String?
    /// The session id of a message attribute.
    var attributeID: String?
    var xrayTraceHeader: String?

    /// Returns the session id with the highest precedence.
    ///
    /// The client context, `HH_SESSION_ID` and a new session have lower precedence than all of them.
    func session(_ baggage: Baggage) -> TriggerContext.FoundSession? {
        found(ownID, .event) ?? found(payloadID, .event)
            ?? found(baggage.association("session_id"), .baggage)
            ?? found(headerSources.lazy.compactMap(\.sessionID).first, .header)
            ?? found(queryID, .queryParameter)
            ?? found(attributeID, .messageAttribute)
    }

    private func found(_ text: String?, _ origin: Session.Origin) -> TriggerContext.FoundSession? {
        text.map { TriggerContext.FoundSession(text: $0, origin: origin) }
    }

    /// The parent from `traceparent`, independent of the source of the session.
    var parent: TraceContext? {
        guard let traceHeaders = headerSources.first(where: { $0.traceparent != nil }) else { return nil }
        return traceHeaders.traceparent.flatMap { TraceContext(traceparent: $0, tracestate: traceHeaders.tracestate) }
    }

    var baggage: Baggage {
        Baggage(header: headerSources.lazy.compactMap(\.baggage).first ?? "")
    }

    var namesParent: Bool { headerSources.contains { $0.traceparent != nil } }
    var namesBaggage: Bool { headerSources.contains { $0.baggage != nil } }

    mutating func restrict(to propagators: Propagators) {
        guard propagators != .all else { return }
        headerSources = headerSources.map { $0.restricted(to: propagators) }
    }

    /// Adds the hints of a payload; existing ones take precedence.
    mutating func take(_ payload: PayloadHints) {
        payloadID = payloadID ?? payload.sessionID
        if let traceHeaders = payload.traceHeaders, traceHeaders != TraceHeaders() {
            headerSources.append(traceHeaders)
        }
    }
}
