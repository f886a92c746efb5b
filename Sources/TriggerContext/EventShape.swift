internal import WireText

/// The form of one kind of event or record: the members by which it is recognised, and where its caller's values are.
struct EventShape: Sendable {
    /// The names of nested members, outermost first; `*` stands for each element of a list or member of an object.
    typealias Path = [StaticString]

    /// A member that must be there, and its value, if only one is possible.
    struct Mark: Sendable {
        let path: Path
        var value: StaticString?
    }

    /// A part of an event that can contain a caller's values.
    struct Place: Sendable {
        let path: Path
        let form: Form

        enum Form: Sendable {
            /// An event of its own, in any shape; data in no known shape is searched for keys and header fields. A
            /// string is JSON text.
            case event
            /// A caller's data: an object, a list of them, or JSON text of one.
            case payload
            /// JSON text, as base64 if the event says so.
            case body
            /// JSON text in base64.
            case base64
            /// JSON text, percent-encoded.
            case percentEncoded
            case headerFields
            /// Query parameters, as an object or as the text of a query or URL; true if values of a name are joined with
            /// commas.
            case query(isJoined: Bool)
            /// Named values that a service adds to the event, such as message attributes.
            case attributes(FieldForm)
            /// A list of objects with `name` and `value`.
            case parameters
            /// An image of a DynamoDB item.
            case item
        }
    }

    let source: Trigger.Source
    /// Alternatives: all members of one of them must be there.
    var marks: [[Mark]] = []
    /// The names of the source in `eventSource`, in lower case and without `aws:`, for records of no known form.
    var hints: [String] = []
    /// The lists of an event that can contain such records; empty if they stand only alone or in an array.
    var lists: [StaticString] = []
    /// The places in order of precedence.
    var places: [Place] = []
    /// The service's own ids of a conversation, the last resort.
    var ownIDs: [Path] = []
    /// The members that form a record's id; each must be there.
    var id: [Path] = []
    /// The members with the name or the ARN of the destination; the first counts.
    var destination: [Path] = []
    /// The members that form the span's name, and their separator.
    var name: [Path] = []
    var separator = " "

    /// The names of members that are needed once the shape is recognised.
    private(set) var names = NameTable([])

    init(
        _ source: Trigger.Source,
        _ marks: [[Mark]] = [],
        hints: [String] = [],
        lists: [StaticString] = [],
        places: [Place] = [],
        ownIDs: [Path] = [],
        id: [Path] = [],
        destination: [Path] = [],
        name: [Path] = [],
        separator: String = " "
    ) {
        self.source = source
        self.marks = marks
        self.hints = hints
        self.lists = lists
        self.places = places
        self.ownIDs = ownIDs
        self.id = id
        self.destination = destination
        self.name = name
        self.separator = separator
        names = NameTable(
            (places.map(\.path) + ownIDs + id + destination + [["attributes"]]).compactMap(\.first)
                + (source == .dynamoDB ? Self.changeNames : [])
        )
    }

    /// The names of all members that recognition or reading needs.
    var allNames: [StaticString] {
        let paths = marks.flatMap { $0.map(\.path) } + places.map(\.path) + ownIDs + id + destination + name
        return paths.compactMap(\.first) + lists + Self.changeNames
    }

    /// The members of a change in a table that tell who made it.
    private static let changeNames: [StaticString] = ["eventName", "userIdentity"]

    /// Returns true if the members have this shape.
    func matches(_ members: EventMembers) throws(MalformedJSON) -> Bool {
        for alternative in marks where try Self.matches(alternative, members) { return true }
        return false
    }

    private static func matches(_ marks: [Mark], _ members: EventMembers) throws(MalformedJSON) -> Bool {
        for mark in marks {
            guard let value = try members.value(at: mark.path), !value.isNull else { return false }
            if let expected = mark.value, value.string?.equals(expected) != true { return false }
        }
        return true
    }

    /// True if the service collects records in batches instead of invoking the function for each.
    var isBatch: Bool {
        switch source {
        case .sns, .s3, .ses, .cloudFront: false
        default: true
        }
    }
}

extension EventShape {
    /// True if session keys at the event's top level are the caller's, because they are none of the service's own.
    var hasPayload: Bool { !ownIDs.contains { $0.count == 1 } }

    /// True if it is a record: one element of a list.
    var isRecord: Bool { !lists.isEmpty || !id.isEmpty }

    /// Returns the first shape that the members have, or nil.
    static func recognised(_ members: EventMembers) throws(MalformedJSON) -> EventShape? {
        if members.isEmpty { return nil }
        for shape in all where try shape.matches(members) { return shape }
        return nil
    }

    /// Returns the shape that `eventSource` names, or nil.
    static func hinted(by members: EventMembers, in shapes: [EventShape]) -> EventShape? {
        guard let name = (members["eventSource"] ?? members["EventSource"])?.text?.lowercased() else { return nil }
        let hint = name.split(separator: ":").last.map(String.init) ?? name
        return shapes.first { $0.hints.contains(hint) }
    }

    func triggerSource(_ members: EventMembers) -> Trigger.Source {
        guard source == .eventBridge, let name = members["source"]?.text else { return source }
        return ["aws.events", "aws.scheduler"].contains(name) ? .schedule : source
    }

    /// Returns the name of the operation that the event is for, or nil.
    func operation(_ members: EventMembers) throws(MalformedJSON) -> String? {
        try members.text(joining: name, with: separator, all: false)
    }

    /// Returns the name of a record's queue, topic, stream, table or bucket.
    ///
    /// - Parameters:
    ///   - members: The record's members.
    ///   - group: The name of the record's group; RabbitMQ's is `QUEUE::VIRTUAL_HOST`.
    /// - Returns: The name, or nil.
    /// - Throws: ``MalformedJSON`` if an inspected member is malformed.
    func destinationName(_ members: EventMembers, group: JSONText?) throws(MalformedJSON) -> String? {
        let name = try members.text(at: destination)
        guard source == .rabbitMQ else { return name.map(Self.resource) }
        return (name ?? group?.decoded())?.split(separator: "::").first.map(String.init)
    }

    /// Returns the name in an ARN, `NAME` of `arn:PARTITION:SERVICE:REGION:ACCOUNT:TYPE/NAME/…`; other texts unchanged.
    static func resource(of name: String) -> String {
        guard name.hasPrefix("arn:") else { return name }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { return name }
        let steps = parts[5].split(separator: "/")
        return String(steps.count >= 2 ? steps[1] : parts[5])
    }
}

/// The records of an event, and their shape, which is that of the first.
struct RecordList {
    /// A list of records, or an object with lists by topic and partition, or by queue.
    let value: JSONValue
    let shape: EventShape
    /// The first record, which is not read again; nil if it is no object.
    private(set) var first: FirstRecord?

    /// The members of the first record, and its reader at the end.
    struct FirstRecord {
        let members: EventMembers
        let end: JSONReader

        /// Reads a record.
        init?(_ record: JSONValue?) throws(MalformedJSON) {
            guard var reader = record?.members else { return nil }
            var members = EventMembers()
            try members.replace(by: &reader, keeping: EventShape.allNames)
            self.members = members
            end = reader
        }
    }

    init(value: JSONValue, shape: EventShape) {
        self.value = value
        self.shape = shape
    }

    /// Finds the list of an event; returns nil if it has none of a known shape.
    init?(_ event: EventMembers) throws(MalformedJSON) {
        for (name, shapes) in Self.shapes {
            guard let value = event[name], value.elements != nil || value.members != nil else { continue }
            let first = try FirstRecord(value.firstRecord())
            guard let shape = try Self.shape(of: first?.members, event, shapes) else { continue }
            self.init(value: value, shape: shape)
            self.first = first
            return
        }
        return nil
    }

    private static func shape(
        of record: EventMembers?,
        _ event: EventMembers,
        _ shapes: [EventShape]
    ) throws(MalformedJSON) -> EventShape? {
        if let record {
            for shape in shapes where try shape.matches(record) { return shape }
            if let shape = EventShape.hinted(by: record, in: shapes) { return shape }
        }
        if let shape = EventShape.hinted(by: event, in: shapes) { return shape }
        // The last invocation for a tumbling window has no records.
        let service = event["eventSourceARN"]?.text?.split(separator: ":").dropFirst(2).first
        if let service, let shape = shapes.first(where: { $0.hints.contains(String(service)) }) { return shape }
        // The list of only one source.
        return shapes.count == 1 && event["rmqMessagesByQueue"] != nil ? shapes.first : nil
    }

    /// The shapes of records by the name of their list.
    private static let shapes: [(name: StaticString, shapes: [EventShape])] = {
        let names: [StaticString] = ["Records", "records", "rmqMessagesByQueue", "messages", "Messages", "events"]
        return names.map { name in
            (name, EventShape.all.filter { $0.lists.contains { $0.description == name.description } })
        }
    }()
}

extension JSONValue {
    /// Passes each record of a list, or of an object with lists, to the body, with the list's name.
    ///
    /// - Parameter body: Returns the record's reader if it has read the record to its end, otherwise nil.
    /// - Throws: ``MalformedJSON`` if the list is malformed.
    func forEachRecord(
        _ body: (JSONValue, JSONText?) throws(MalformedJSON) -> JSONReader?
    ) throws(MalformedJSON) {
        switch self {
        case .array(var elements): try Self.forEach(&elements, nil, body)
        case .object(var groups):
            while let (name, group) = try groups.nextMember() {
                switch group {
                case .array(var elements): try Self.forEach(&elements, name, body)
                case .object(var members):
                    while let (_, record) = try members.nextMember() { _ = try body(record, name) }
                default: break
                }
            }
        default: break
        }
    }

    private static func forEach(
        _ elements: inout JSONReader,
        _ name: JSONText?,
        _ body: (JSONValue, JSONText?) throws(MalformedJSON) -> JSONReader?
    ) throws(MalformedJSON) {
        while let record = try elements.nextElement() {
            if let reader = try body(record, name) { elements.resume(behind: reader) }
        }
    }

    /// Returns the first record of a list, or of an object with lists.
    fileprivate func firstRecord() throws(MalformedJSON) -> JSONValue? {
        switch self {
        case .array(var elements): return try elements.nextElement()
        case .object(var groups):
            while let (_, group) = try groups.nextMember() {
                switch group {
                case .array(var elements):
                    if let first = try elements.nextElement() { return first }
                case .object(var members):
                    if let first = try members.nextMember() { return first.value }
                default: break
                }
            }
            return nil
        default: return nil
        }
    }
}

/// Names of members, found by their length: an event may have a million members.
struct NameTable: Sendable {
    private let names: [StaticString]
    private let byLength: [[StaticString]]

    init(_ names: [StaticString]) {
        var byLength: [[StaticString]] = []
        for name in names {
            while byLength.count <= name.utf8CodeUnitCount { byLength.append([]) }
            if !byLength[name.utf8CodeUnitCount].contains(where: { $0.description == name.description }) {
                byLength[name.utf8CodeUnitCount].append(name)
            }
        }
        self.byLength = byLength
        self.names = byLength.flatMap(\.self)
    }

    /// Returns the name that equals the text, or nil.
    func name(_ text: JSONText) -> StaticString? {
        if text.hasEscapes { return text.first(of: names) }
        guard text.content.count < byLength.count else { return nil }
        let candidates = byLength[text.content.count]
        return candidates.isEmpty ? nil : text.first(of: candidates)
    }
}
