/// A session's fields and REST events, from its explicit start and from enrichments.
package struct SessionRecord: Sendable, Hashable {
    /// The limit of fields, and of entries in a field; further ones are ignored.
    package static let fieldLimitCount = 1_000

    /// The session's id.
    package let id: String
    /// The fields after all merges.
    package private(set) var fields: JSONObject
    /// The events that were sent over REST instead of as spans.
    package private(set) var events: [JSONObject]

    /// Creates a record without events.
    package init(id: String, fields: JSONObject = JSONObject()) {
        self.id = id
        self.fields = fields
        self.events = []
    }

    /// Merges new fields as HoneyHive's server does: maps are merged; `outputs` and all other values are replaced.
    ///
    /// - Parameter newFields: The fields; `event_id` and `session_id` only identify the session and are not stored.
    package mutating func merge(_ newFields: JSONObject) {
        let named = newFields.members.filter { $0.name != "event_id" && $0.name != "session_id" }
        for member in named.prefix(Self.fieldLimitCount) {
            guard member.name != "outputs", case .object(let known)? = fields[member.name],
                case .object(let added) = member.value
            else {
                set(member.name, member.value, in: &fields)
                continue
            }
            var merged = known
            for field in added.members.prefix(Self.fieldLimitCount) { set(field.name, field.value, in: &merged) }
            fields[member.name] = .object(merged)
        }
    }

    private func set(_ name: String, _ value: JSONValue, in object: inout JSONObject) {
        guard object.members.count < Self.fieldLimitCount || object[name] != nil else { return }
        object[name] = value
    }

    /// Adds an event that was sent over REST.
    ///
    /// `limitCount`: The limit of events; further ones are ignored.
    package mutating func append(_ event: JSONObject, limitCount: Int) {
        guard events.count < limitCount else { return }
        events.append(event)
    }
}

/// The session of a run.
///
/// Decides which spans belong to it.
package struct SessionScope: Sendable, Hashable {
    /// The origin of the session id.
    package enum Origin: Sendable, Hashable {
        /// The caller gave the id and the service kept it, apart from normalising a UUID's notation.
        case caller
        /// The caller gave another text, from which the service derived the id.
        case derived(from: String)
        /// The caller gave none: the service generated the id, or read it from a part of the event that only the
        /// service examines.
        case service
    }

    /// The session's id; `nil` when it is unknown.
    package let id: String?
    /// The origin of the id.
    package let origin: Origin

    /// Determines the session.
    ///
    /// `requestedID`: The id that was given to the function; `nil` when the event has none.
    package init(requestedID: String?, spans: [TraceSpan]) {
        guard let requestedID else {
            let earliest = spans.filter { $0.sessionID != nil }.min { $0.startNanoseconds < $1.startNanoseconds }
            self.id = earliest?.sessionID
            self.origin = .service
            return
        }
        let canonical = Self.canonicalUUID(requestedID)
        let derived = spans.first { $0.upstreamSessionID == requestedID && $0.sessionID != nil }?.sessionID
        if canonical == nil, let derived, derived != requestedID {
            self.id = derived
            self.origin = .derived(from: requestedID)
        } else {
            self.id = canonical ?? requestedID
            self.origin = .caller
        }
    }

    /// Tests a span for being in this session.
    ///
    /// - Returns: `false` also for a span without a session.
    package func contains(_ span: TraceSpan) -> Bool {
        guard let id, let sessionID = span.sessionID else { return false }
        return sessionID == id || Self.canonicalUUID(sessionID) == id
    }

    /// Normalises a UUID to lower-case digits in groups of 8-4-4-4-12.
    ///
    /// - Parameter text: Any notation that Python's `uuid.UUID` accepts: upper case, braces, no dashes, `urn:uuid:`.
    /// - Returns: `nil` when the text is not a UUID.
    package static func canonicalUUID(_ text: String) -> String? {
        var rest = Substring(text.lowercased())
        if rest.hasPrefix("urn:uuid:") { rest = rest.dropFirst("urn:uuid:".count) }
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        let digits = Array(rest.utf8.filter { $0 != UInt8(ascii: "-") })
        let isHexadecimal = digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard digits.count == 32, isHexadecimal else { return nil }
        let bounds = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return bounds.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }
}
