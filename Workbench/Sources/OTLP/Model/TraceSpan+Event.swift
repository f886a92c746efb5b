extension TraceSpan {
    /// Creates a span from an event that was sent over HoneyHive's REST API, so that code for spans handles it, too.
    ///
    /// The ids are hashes of the event's ids: equal events get equal ids, and a parent id is that of the parent's span.
    ///
    /// `event`: The event's fields; times and the duration are in milliseconds.
    /// `receivedNanoseconds`: The arrival time, in nanoseconds since 1970; the span's end when the event has no time.
    package init(event: JSONObject, id: String, session: String, receivedNanoseconds: UInt64) {
        let parent = event["parent_id"]?.string.flatMap { $0.isEmpty || $0 == session ? nil : $0 }
        let duration = Self.nanoseconds(event["duration"])
        let end = Self.nanoseconds(event["end_time"])
        let start = Self.nanoseconds(event["start_time"])
        let begin = start ?? Self.difference(end ?? receivedNanoseconds, duration ?? 0)
        self.init(
            traceID: Self.traceID(of: session),
            spanID: Self.spanID(of: id),
            parentID: parent.map(Self.spanID(of:)),
            name: event["event_name"]?.string ?? "",
            startNanoseconds: begin,
            endNanoseconds: end ?? Self.sum(begin, duration ?? 0)
        )
        attributes = Self.attributes(of: event, id: id, session: session)
        resource = [Attribute("service.name", .string("events over REST"))]
        scopeName = "honeyhive.events"
    }

    private static func attributes(of event: JSONObject, id: String, session: String) -> [Attribute] {
        var attributes = [
            Attribute("honeyhive.session_id", .string(session)), Attribute("honeyhive_event_id", .string(id)),
        ]
        let texts = [
            ("event_type", "honeyhive_event_type"), ("error", "honeyhive_error"), ("source", "honeyhive.source"),
            ("project", "honeyhive.project"),
        ]
        for (name, key) in texts {
            if let text = event[name]?.string { attributes.append(Attribute(key, .string(text))) }
        }
        for field in ["inputs", "outputs", "metadata", "metrics", "feedback", "config", "user_properties"] {
            switch event[field] {
            case nil, .null?: break
            case .object(let object)?:
                attributes += object.members.map {
                    Attribute("honeyhive_\(field).\($0.name)", AttributeValue($0.value))
                }
            case let value?: attributes.append(Attribute("honeyhive_\(field).value", AttributeValue(value)))
            }
        }
        return attributes
    }

    private static func nanoseconds(_ milliseconds: JSONValue?) -> UInt64? {
        guard let number = milliseconds?.number, number.double >= 0, number.double < 1e13 else { return nil }
        // A decimal number is read exactly: a double has no nanoseconds of today.
        let parts = number.text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1].prefix(6) : ""
        guard let whole = parts.first.flatMap({ UInt64($0) }),
            let rest = UInt64(fraction + String(repeating: "0", count: 6 - fraction.count))
        else { return UInt64(number.double * 1_000_000) }
        return whole * 1_000_000 + rest
    }

    private static func difference(_ left: UInt64, _ right: UInt64) -> UInt64 { left > right ? left - right : 0 }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? .max : sum
    }

    /// The bytes of a session id that is a UUID; otherwise a hash of it.
    private static func traceID(of session: String) -> TraceID {
        let digits = session.filter { $0 != "-" }
        let derived = spanID(of: session).hex + spanID(of: "trace of \(session)").hex
        guard let id = TraceID(hex: digits) ?? TraceID(hex: derived) else { preconditionFailure("a hash is an id") }
        return id
    }

    /// Hashes a text with FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/); never zero.
    private static func spanID(of text: String) -> SpanID {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: max(hash, 1) >> (56 - 8 * UInt64($0))) }
        guard let id = SpanID(bytes: bytes) else { preconditionFailure("a number over zero is an id") }
        return id
    }
}
