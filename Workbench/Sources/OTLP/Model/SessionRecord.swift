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
