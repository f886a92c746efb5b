internal import SessionTracing
internal import WireText

/// The caller's hints in one event, or in one record of a batch, with their order of precedence.
struct CallerHints {
    /// The session id at the function's configured path.
    var ownID: String?
    /// The session id of a session key in the payload.
    var payloadID: String?
    /// The header fields and their equivalents in order of precedence: headers, message attributes, the payload's own
    /// (an object `headers`, then the top level).
    var headerSources: [TraceHeaders] = []
    /// The session id of a query parameter.
    var queryID: String?
    /// The session id of a message attribute.
    var attributeID: String?
    /// The names and places of values that are present and cannot be used.
    private(set) var unusable: [String] = []
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
        headerSources.first { $0.traceparent != nil }?.parent
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
        if payload.headers != TraceHeaders() { headerSources.append(payload.headers) }
        if payload.fields != TraceHeaders() { headerSources.append(payload.fields) }
        note(payload.unusable)
    }

    /// Stores the value at the function's configured path; an existing one takes precedence.
    mutating func takeOwn(_ value: FieldText) {
        switch value {
        case .text(let text): ownID = ownID ?? text
        case .absent: break
        case .unusable: note(["the value at the session path (TRACED_LAMBDA_SESSION_PATH)"])
        }
    }

    /// Stores the names and places of values that cannot be used, each once.
    mutating func note(_ unusable: [String]) {
        for text in unusable { self.unusable.appendOnce(text) }
    }
}

extension CallerHints {
    /// The members of a client context that contain a caller's own values: Python, Java and .NET name them `custom`,
    /// Node.js `Custom`; AWS's newest clients put the trace context under `w3c`.
    private static let clientNames: [StaticString] = ["custom", "Custom", "w3c"]

    /// Reads the hints of a Lambda client context: its top level, then the caller's values in it.
    ///
    /// - Parameter text: The client context's JSON text.
    /// - Throws: ``MalformedJSON`` if the text is not a JSON object or is malformed.
    init(clientContext text: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) {
        let members = try EventMembers(text, keeping: Self.clientNames, place: .clientContext)
        take(members.payload)
        for name in Self.clientNames {
            if let values = members[name]?.members { take(try PayloadHints(values, .clientContext)) }
        }
    }
}
