internal import SessionTracing

/// All that one event, or one record of a batch, says of its caller; and which of it counts.
struct Caller {
    /// At the function's own path.
    var ownID: String?
    /// Of a key in the payload.
    var payloadID: String?
    /// Header fields and what takes their place, the strongest first: headers, message attributes, the payload's own.
    var carriers: [Carrier] = []
    /// Of a query parameter.
    var queryID: String?
    /// Of a message attribute.
    var attributeID: String?
    var xrayTraceHeader: String?

    /// The order in which places count.
    ///
    /// The client context, `HH_SESSION_ID` and a new session come after all of them.
    func session(_ baggage: Baggage) -> TriggerContext.FoundSession? {
        found(ownID, .event) ?? found(payloadID, .event)
            ?? found(baggage.association("session_id"), .baggage)
            ?? found(carriers.lazy.compactMap(\.sessionID).first, .header)
            ?? found(queryID, .queryParameter)
            ?? found(attributeID, .messageAttribute)
    }

    private func found(_ text: String?, _ origin: Session.Origin) -> TriggerContext.FoundSession? {
        text.map { TriggerContext.FoundSession(text: $0, origin: origin) }
    }

    /// The parent comes from `traceparent`, whichever way the session came.
    var parent: TraceContext? {
        guard let carrier = carriers.first(where: { $0.traceparent != nil }) else { return nil }
        return carrier.traceparent.flatMap { TraceContext(traceparent: $0, tracestate: carrier.tracestate) }
    }

    var baggage: Baggage {
        Baggage(header: carriers.lazy.compactMap(\.baggage).first ?? "")
    }

    var namesParent: Bool { carriers.contains { $0.traceparent != nil } }
    var namesBaggage: Bool { carriers.contains { $0.baggage != nil } }

    mutating func restrict(to propagators: Propagators) {
        guard propagators != .all else { return }
        carriers = carriers.map { $0.restricted(to: propagators) }
    }

    /// Adds what a payload says; what is there already is stronger.
    mutating func take(_ payload: Payload) {
        payloadID = payloadID ?? payload.sessionID
        if let carrier = payload.carrier, carrier != Carrier() { carriers.append(carrier) }
    }
}
