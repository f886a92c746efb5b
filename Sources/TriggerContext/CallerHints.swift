internal import SessionTracing
internal import WireText

/// The caller's hints in one event, or in one record of a batch, with their order of precedence.
struct CallerHints: ~Copyable {
    /// The session id at the function's configured path.
    var pathID: String?
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
    /// The id of a conversation by which the invoking service names it.
    var conversationID: String?
    /// True if DynamoDB removed the item at the end of its time to live: the item's span is linked and not a parent.
    var isExpiration = false

    /// Returns the session id with the highest precedence.
    ///
    /// The client context, `HH_SESSION_ID`, the caller's trace, the service's conversation and a new session follow, in
    /// this order.
    func session(_ baggage: Baggage) -> TriggerContext.FoundSession? {
        found(pathID, .event) ?? found(payloadID, .event)
            ?? found(baggage.association("session_id"), .baggage)
            ?? found(headerSources.lazy.compactMap(\.sessionID).first, .header)
            ?? found(queryID, .queryParameter)
            ?? found(attributeID, .messageAttribute)
    }

    private func found(_ text: String?, _ origin: Session.Origin) -> TriggerContext.FoundSession? {
        text.map { TriggerContext.FoundSession(text: $0, origin: origin) }
    }

    /// The parent from `traceparent`, independent of the source of the session.
    var parent: TraceContext? { isExpiration ? nil : caller }

    /// The span in an item that expired.
    var link: TraceContext? { isExpiration ? caller : nil }

    private var caller: TraceContext? { headerSources.first { $0.traceparent != nil }?.parent }

    var baggage: Baggage {
        headerSources.first { $0.baggage != nil }?.baggage.map { Baggage(header: $0) } ?? Baggage()
    }

    var namesParent: Bool { !isExpiration && headerSources.contains { $0.traceparent != nil } }
    var namesBaggage: Bool { headerSources.contains { $0.baggage != nil } }

    mutating func restrict(to propagators: Propagators) {
        guard propagators != .all else { return }
        headerSources = headerSources.map { $0.restricted(to: propagators) }
    }

    /// Adds the hints of a payload; existing ones take precedence.
    mutating func take(_ payload: borrowing PayloadHints) {
        if payloadID == nil { payloadID = payload.sessionID }
        if let headers = payload.headers, !headers.isEmpty { headerSources.append(headers) }
        if let fields = payload.fields, !fields.isEmpty { headerSources.append(fields) }
        if payload.hasUnusable { collect(payload.unusable) }
    }

    /// Stores the value at the function's configured path; an existing one takes precedence.
    mutating func takePathID(_ value: FieldText) {
        switch value {
        case .text(let text): pathID = pathID ?? text
        case .absent: break
        case .unusable: collect(["the value at the session path (TRACED_LAMBDA_SESSION_PATH)"])
        }
    }

    /// Adds the hints of an event within this one; existing ones take precedence.
    mutating func merge(_ inner: borrowing CallerHints) {
        pathID = pathID ?? inner.pathID
        payloadID = payloadID ?? inner.payloadID
        queryID = queryID ?? inner.queryID
        attributeID = attributeID ?? inner.attributeID
        conversationID = conversationID ?? inner.conversationID
        xrayTraceHeader = xrayTraceHeader ?? inner.xrayTraceHeader
        isExpiration = isExpiration || inner.isExpiration
        headerSources += inner.headerSources
        collect(inner.unusable)
    }

    /// Stores the names and places of values that cannot be used, each once.
    mutating func collect(_ unusable: [String]) {
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
        guard let object = JSONValue(text).members else { throw MalformedJSON() }
        let names = NameTable(Self.clientNames)
        let members = try EventMembers(object, keeping: names, location: .clientContext, isDocument: true)
        take(members.payload)
        for name in Self.clientNames {
            if let values = members[name]?.members { take(try PayloadHints(values, .clientContext)) }
        }
    }
}

extension CallerHints {
    /// Reads header fields: an object whose values are strings, lists of them, or CloudFront's lists of objects.
    mutating func takeHeaders(_ value: JSONValue) throws(MalformedJSON) {
        guard let members = value.members else { return }
        var reader = FieldReader(.headerFields, form: .keyValue)
        let traceHeaders = try reader.fields(of: members)
        if !traceHeaders.isEmpty { headerSources.append(traceHeaders) }
        collect(reader.unusable)
    }

    /// Reads a list of objects with a name and a value each; names take precedence over keys in the values.
    mutating func takeParameters(_ value: JSONValue) throws(MalformedJSON) {
        guard var elements = value.elements else { return }
        var named = PayloadHints()
        var nested = CallerHints()
        while let element = try elements.nextElement() {
            guard let name = try element.member("name")?.string, let value = try element.member("value") else {
                continue
            }
            try named.take(name, value)
            if let members = value.members { nested.take(try PayloadHints(members)) }
        }
        take(named)
        merge(nested)
    }

    /// Reads query parameters.
    ///
    /// - Parameters:
    ///   - value: An object, whose values are strings or lists of them, or the text of a query or a URL.
    ///   - form: The representation of the parameters in an object.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    mutating func takeQuery(_ value: JSONValue, _ form: QueryForm) throws(MalformedJSON) {
        if let text = value.text {
            // A question mark within a query is a part of it.
            let isURL = ["?", "/", "http://", "https://"].contains { text.hasPrefix($0) }
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            queryID = queryID ?? Self.id(inForm: isURL ? parts.last ?? "" : text[...])
        }
        guard var members = value.members else { return }
        var reader = FieldReader(.query)
        while let (name, value) = try members.nextMember() {
            guard queryID == nil, let key = Self.queryName(name, form) else { continue }
            var id: String?
            if var elements = value.elements {
                if let first = try elements.nextElement() { id = try reader.id(key, first) }
            } else {
                id = try reader.id(key, value)
                if form == .joined { id = id?.split(separator: ",").first.map(String.init) }
            }
            queryID = form == .encoded ? id.map { Self.decoded($0[...]) } : id
        }
        collect(reader.unusable)
    }

    /// Reads a form (https://url.spec.whatwg.org/#application/x-www-form-urlencoded), which is a payload.
    mutating func takeForm(_ text: String) {
        payloadID = payloadID ?? Self.id(inForm: text[...])
    }

    /// Returns the session id in the text of a form or a query.
    private static func id(inForm text: Substring) -> String? {
        for parameter in text.split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1).map(decoded)
            if parts.count == 2, queryName(parts[0]) != nil, case .text(let id) = FieldText(parts[1]) { return id }
        }
        return nil
    }

    private static func decoded(_ text: Substring) -> String {
        PercentEncoding.decode(Array(text.utf8)[...], decodesPlus: true)
    }

    private static func queryName(_ name: JSONText, _ form: QueryForm) -> StaticString? {
        if form == .encoded { return name.decoded().flatMap { queryName(decoded($0[...])) } }
        return name.first(of: WantedName.sessionKeys) ?? name.first(of: WantedName.dedicatedHeaders, ignoringCase: true)
    }

    private static func queryName(_ name: String) -> StaticString? {
        WantedName.sessionKeys.first { $0.description == name }
            ?? WantedName.dedicatedHeaders.first { $0.description == name.lowercased() }
    }
}

/// The hints that all parts of an event share: several sessions, or several parents, are none.
///
/// As in ``SharedContext``, several spellings of one session id are one session.
struct SharedHints: ~Copyable {
    private(set) var hints = CallerHints()
    private var isFirst = true
    private var isShared = true

    mutating func add(_ own: consuming CallerHints) {
        guard isShared else { return }
        guard !isFirst else {
            hints = own
            isFirst = false
            return
        }
        let session = hints.session(hints.baggage)
        let isSame =
            SessionID.isSame(session?.text, own.session(own.baggage)?.text)
            && SessionID.isSame(hints.pathID, own.pathID)
        guard isSame else {
            hints = CallerHints()
            isShared = false
            return
        }
        if hints.parent != own.parent {
            hints = CallerHints()
            hints.payloadID = session?.text
        }
    }
}

extension SessionID {
    /// Returns true for two texts of the same session id, which can have several spellings, and for none at all.
    static func isSame(_ text: String?, _ other: String?) -> Bool {
        guard text != other else { return true }
        guard let id = text.flatMap({ SessionID($0) }) else { return false }
        return other.flatMap { SessionID($0) } == id
    }
}
