import FoundationEssentials

/// A parsed call of HoneyHive's REST API: the arrivals to store and the response.
struct RESTCall {
    static let batchEventLimitCount = 1_000
    /// Ids that the reference client expects in the response to a session start.
    private static let localIDs = ["org_id", "workspace_id", "project_id"]

    /// The arrivals to store.
    private(set) var arrivals: [TraceArrival] = []
    /// The response body, sent after the arrivals are stored.
    private(set) var answer: JSONValue = .null

    /// `POST /session/start {session}`, and `POST /v1/sessions` with the bare object: starts a session or adds fields
    /// to it.
    static func startSession(_ body: JSONFields) throws(CollectorError) -> RESTCall {
        let session = try body.fields("session") ?? body
        let id = try givenOrNew("session_id", in: session)
        var answer = JSONObject(localIDs.map { .init(name: $0, value: "local") })
        answer["session_id"] = .string(id)
        answer["event_id"] = .string(id)
        answer["success"] = true
        return RESTCall(
            arrivals: [.sessionFields(id: id, JSONObject(session.members))],
            answer: .object(answer)
        )
    }

    /// `PUT /events`: adds fields to a session or to an existing event.
    static func enrich(_ body: JSONFields) throws(CollectorError) -> RESTCall {
        let id = try body.string("event_id")
        guard !id.isEmpty else { throw CollectorError(.malformed, "\(body.path).event_id is missing") }
        return RESTCall(
            arrivals: [.sessionFields(id: id, JSONObject(body.members))],
            answer: ["success": true, "event_id": .string(id)]
        )
    }

    /// `POST /events {event}`, and `POST /v1/events` with the bare object.
    static func recordEvent(_ body: JSONFields) throws(CollectorError) -> RESTCall {
        var call = RESTCall()
        let ids = try call.add(try body.fields("event") ?? body, session: nil)
        call.answer = ["success": true, "event_id": .string(ids.event), "session_id": .string(ids.session)]
        return call
    }

    /// `POST /events/batch {events, single_session?, session_properties?}`.
    static func recordBatch(_ body: JSONFields) throws(CollectorError) -> RESTCall {
        let events = try body.list("events")
        guard events.count <= batchEventLimitCount else {
            throw CollectorError(.tooLarge, "\(body.path).events has more than \(batchEventLimitCount) events")
        }
        var call = RESTCall()
        var answer = JSONObject()
        let session = try call.commonSession(of: events, body)
        var ids: [JSONValue] = []
        for event in events { ids.append(.string(try call.add(event, session: session).event)) }
        answer["event_ids"] = .array(ids)
        if let session { answer["session_id"] = .string(session) }
        answer["success"] = true
        call.answer = .object(answer)
        return call
    }

    /// The common session of a batch that requests one: the id in its properties, else that of its first event, else a
    /// new one.
    private mutating func commonSession(
        of events: [JSONFields],
        _ body: JSONFields
    ) throws(CollectorError) -> String? {
        let properties = try body.fields("session_properties")
        guard body["single_session"] == true || properties != nil else { return nil }
        var id = try properties?.string("session_id") ?? ""
        if id.isEmpty { id = try events.first?.string("session_id") ?? "" }
        if id.isEmpty { id = Self.newID() }
        arrivals.append(.sessionFields(id: id, JSONObject(properties?.members ?? [])))
        return id
    }

    private mutating func add(
        _ event: JSONFields,
        session: String?
    ) throws(CollectorError) -> (event: String, session: String) {
        let type = try event.string("event_type")
        guard !type.isEmpty else { throw CollectorError(.malformed, "\(event.path).event_type is missing") }
        guard event["inputs"] != nil else { throw CollectorError(.malformed, "\(event.path).inputs is missing") }
        let eventID = try Self.givenOrNew("event_id", in: event)
        if type == "session" {
            let id = try event.string("session_id")
            let sessionID = session ?? (id.isEmpty ? eventID : id)
            arrivals.append(.sessionFields(id: sessionID, JSONObject(event.members)))
            return (sessionID, sessionID)
        }
        let sessionID = if let session { session } else { try Self.givenOrNew("session_id", in: event) }
        var fields = JSONObject(event.members)
        fields["event_id"] = .string(eventID)
        fields["session_id"] = .string(sessionID)
        arrivals.append(.event(sessionID: sessionID, fields))
        return (eventID, sessionID)
    }

    private static func givenOrNew(_ name: String, in fields: JSONFields) throws(CollectorError) -> String {
        let given = try fields.string(name)
        return given.isEmpty ? newID() : given
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }
}

/// Reader of a JSON object's members of a REST call: a missing or `null` member has the default value.
struct JSONFields {
    private let object: JSONObject
    /// The object's path in the body, for error messages.
    let path: String

    /// Wraps a JSON object.
    ///
    /// `path`: The value's path in the body, for error messages.
    /// Throws ``CollectorError`` when the value is not an object.
    init(_ value: JSONValue, path: String) throws(CollectorError) {
        guard let object = value.object else {
            throw CollectorError(.malformed, "\(path) is \(value.kind) where an object belongs")
        }
        self.object = object
        self.path = path
    }

    /// The value of a member; `nil` when it is missing or `null`.
    subscript(name: String) -> JSONValue? {
        let value = object[name]
        return value == .null ? nil : value
    }

    /// The names and values of all members that are not `null`.
    var members: [JSONObject.Member] { object.members.filter { $0.value != .null } }

    /// Reads a string member; empty when it is missing.
    func string(_ name: String) throws(CollectorError) -> String {
        guard let value = self[name] else { return "" }
        guard let string = value.string else { throw wrong(name, value, "a string") }
        return string
    }

    /// Reads an object member; `nil` when it is missing.
    func fields(_ name: String) throws(CollectorError) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value, path: "\(path).\(name)")
    }

    /// Reads a member that is a list of objects; each has its path.
    func list(_ name: String) throws(CollectorError) -> [JSONFields] {
        guard let value = self[name] else { return [] }
        guard let array = value.array else { throw wrong(name, value, "an array") }
        var list: [JSONFields] = []
        for (index, element) in array.enumerated() {
            list.append(try JSONFields(element, path: "\(path).\(name)[\(index)]"))
        }
        return list
    }

    /// Creates the error for a member of the wrong type.
    func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> CollectorError {
        let shown = value.text.count <= 60 ? value.text : value.kind
        return CollectorError(.malformed, "\(path).\(name) is \(shown) where \(expected) belongs")
    }
}

extension JSONValue {
    /// Parses the body of a request.
    ///
    /// `depthLimit`: The limit of nested arrays and objects.
    /// Throws ``CollectorError`` when the body is not JSON.
    package init(body: [UInt8], depthLimit: Int = 128) throws(CollectorError) {
        do throws(JSONError) {
            try self.init(parsing: body, depthLimit: depthLimit)
        } catch {
            throw CollectorError(.malformed, "the body is not JSON: \(error)")
        }
    }
}
