package import WireJSON

/// What was said of a session beside its spans: at its start, and by enrichment.
package struct SessionRecord: Sendable, Hashable {
    /// The number of fields, and of entries of one field, beyond which new ones are not taken.
    package static let fieldLimitCount = 1_000

    /// The session's id.
    package let id: String
    /// The fields, as they are after every merge.
    package private(set) var fields: JSONObject
    /// Events sent one by one over REST rather than as spans.
    package private(set) var events: [JSONObject]

    /// Makes a record without events.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - fields: What is known of it.
    package init(id: String, fields: JSONObject = JSONObject()) {
        self.id = id
        self.fields = fields
        self.events = []
    }

    /// Takes in new fields as HoneyHive's server does: maps are merged, `outputs` and everything else is replaced.
    ///
    /// - Parameter newFields: The fields; `event_id` and `session_id` only name the session and are left out.
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
    /// - Parameters:
    ///   - event: The event's fields.
    ///   - limitCount: The number of events beyond which no more are kept.
    package mutating func append(_ event: JSONObject, limitCount: Int) {
        guard events.count < limitCount else { return }
        events.append(event)
    }
}
