internal import WireText

/// The form of one kind of event or record: the members by which it is recognised, and where its caller's values are.
///
/// One immutable object for each kind, which all events share: a structure with as many lists would be copied for each
/// record of a batch.
final class EventShape: Sendable {
    /// The names of nested members, outermost first; `*` stands for each element of a list or member of an object.
    typealias Path = [StaticString]

    /// A member that must be there, and its value, if only one is possible.
    struct Mark: Sendable {
        let path: Path
        var value: StaticString?
    }

    /// A part of an event that can contain a caller's values.
    struct CallerField: Sendable {
        let path: Path
        let form: Form
        /// True if the path names each element of a list or member of an object.
        let hasSeveralValues: Bool

        init(_ path: Path, _ form: Form) {
            self.path = path
            self.form = form
            hasSeveralValues = path.contains { $0.equals("*") }
        }

        enum Form: Sendable {
            /// An event of its own, in any shape; data in no known shape is searched for keys and header fields. A
            /// string is JSON text.
            case event
            /// A caller's data: an object, JSON text of one, or a list of objects, of which the first with a session counts.
            case payload
            /// JSON text, or a form if the headers say so; in base64 if the event says so.
            case body
            /// JSON text in base64.
            case base64
            /// JSON text, percent-encoded.
            case percentEncoded
            case headerFields
            /// Query parameters, as an object or as the text of a query or URL.
            case query(QueryForm)
            /// Named values that a service adds to the event, such as message attributes.
            case attributes(FieldForm)
            /// A list of objects with `name` and `value`; a value can also be an object with keys.
            case parameters
            /// An image of a DynamoDB item.
            case item
        }
    }

    let source: Trigger.Source
    /// Alternatives: all members of one of them must be there.
    let marks: [[Mark]]
    /// The names of the source in `eventSource`, in lower case and without `aws:`, for records of no known form.
    let eventSources: [String]
    /// The lists of an event that can contain such records; empty if they stand only alone or in an array.
    let lists: [StaticString]
    /// The fields in order of precedence.
    let callerFields: [CallerField]
    /// The service's own ids of a conversation, the last resort.
    let conversationIDs: [Path]
    /// The members that form a record's id; each must be there.
    let id: [Path]
    /// The members with the name or the ARN of the destination; the first counts.
    let destination: [Path]
    /// The members that form the span's name, and their separator.
    let name: [Path]
    let separator: String

    /// True if it is a record: one element of a list.
    let isRecord: Bool
    /// The names of a record's members that are needed once the shape is recognised.
    let names: NameTable
    /// The names of those that contain further ones, and the names of these.
    let outerNames: [StaticString]
    let innerNames: NameTable
    /// True if session keys at the event's top level are the caller's, because they are none of the service's own.
    let hasPayload: Bool

    init(
        _ source: Trigger.Source,
        _ marks: [[Mark]] = [],
        eventSources: [String] = [],
        lists: [StaticString] = [],
        callerFields: [CallerField] = [],
        conversationIDs: [Path] = [],
        id: [Path] = [],
        destination: [Path] = [],
        name: [Path] = [],
        separator: String = " "
    ) {
        self.source = source
        self.marks = marks
        self.eventSources = eventSources
        self.lists = lists
        self.callerFields = callerFields
        self.conversationIDs = conversationIDs
        self.id = id
        self.destination = destination
        self.name = name
        self.separator = separator
        hasPayload = !conversationIDs.contains { $0.count == 1 }
        isRecord = !lists.isEmpty || !id.isEmpty
        let paths =
            isRecord ? callerFields.map(\.path) + conversationIDs + id + destination + Self.describing(source) : []
        let nested = paths.filter { $0.count > 1 }
        names = NameTable(paths.compactMap(\.first))
        outerNames = NameTable(nested.map { $0[0] }).names
        innerNames = NameTable(nested.map { $0[1] })
    }

    /// The members of a record that tell more than a caller's values.
    private static func describing(_ source: Trigger.Source) -> [Path] {
        switch source {
        case .sqs: [xrayTraceHeader]
        case .dynamoDB: [eventName, principalID]
        default: []
        }
    }

    static let xrayTraceHeader: Path = ["attributes", "AWSTraceHeader"]
    /// The members of a change in a table that tell who made it.
    static let eventName: Path = ["eventName"]
    static let principalID: Path = ["userIdentity", "principalId"]

    /// The names of all members that recognition or reading needs.
    var allNames: [StaticString] {
        let paths =
            marks.flatMap { $0.map(\.path) } + callerFields.map(\.path) + conversationIDs + id + destination + name
        return (paths + Self.describing(source)).compactMap(\.first) + lists
    }

    /// Returns true if the members have this shape.
    func matches(_ members: borrowing EventMembers) throws(MalformedJSON) -> Bool {
        for alternative in marks where try Self.matches(alternative, members) { return true }
        return false
    }

    private static func matches(_ marks: [Mark], _ members: borrowing EventMembers) throws(MalformedJSON) -> Bool {
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
    /// Returns the first shape that the members have, or nil.
    static func recognised(_ members: borrowing EventMembers) throws(MalformedJSON) -> EventShape? {
        if members.isEmpty { return nil }
        for shape in all where try shape.matches(members) { return shape }
        return nil
    }

    /// Returns the shape that `eventSource` names, or nil.
    static func named(by members: borrowing EventMembers, in shapes: [EventShape]) -> EventShape? {
        guard let name = (members["eventSource"] ?? members["EventSource"])?.text?.lowercased() else { return nil }
        let source = name.split(separator: ":").last.map(String.init) ?? name
        return shapes.first { $0.eventSources.contains(source) }
    }

    func triggerSource(_ members: borrowing EventMembers) -> Trigger.Source {
        guard source == .eventBridge, let name = members["source"]?.text else { return source }
        return ["aws.events", "aws.scheduler"].contains(name) ? .schedule : source
    }

    /// Returns the name of the operation that the event is for, or nil.
    func operation(_ members: borrowing EventMembers) throws(MalformedJSON) -> String? {
        try members.text(joining: name, with: separator, all: false)
    }

    /// Returns the name of a record's queue, topic, stream, table or bucket.
    ///
    /// - Parameters:
    ///   - members: The record's members.
    ///   - group: The name of the record's group; RabbitMQ's is `QUEUE::VIRTUAL_HOST`.
    /// - Returns: The name, or nil.
    /// - Throws: ``MalformedJSON`` if an inspected member is malformed.
    func destinationName(_ members: borrowing EventMembers, group: JSONText?) throws(MalformedJSON) -> String? {
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
struct RecordList: ~Copyable {
    /// A list of records, or an object with lists by topic and partition, or by queue.
    let value: JSONValue
    let shape: EventShape
    /// The first record, which is not read again; nil if it is no object.
    var first: FirstRecord?

    /// The members of the first record, and its reader at the end.
    struct FirstRecord: ~Copyable {
        let members: EventMembers
        let end: JSONReader

        /// Reads a record.
        init?(_ record: JSONValue?) throws(MalformedJSON) {
            guard var reader = record?.members else { return nil }
            members = try EventMembers(record: &reader)
            end = reader
        }
    }

    init(value: JSONValue, shape: EventShape) {
        self.value = value
        self.shape = shape
    }

    /// Finds the list of an event; returns nil if it has none of a known shape.
    static func list(of event: borrowing EventMembers) throws(MalformedJSON) -> RecordList? {
        for (name, _) in shapes {
            if let value = event[name], let list = try RecordList(name, value) { return list }
        }
        return named(by: event)
    }

    /// Finds the list of an event that tells the source of its records itself.
    static func named(by event: borrowing EventMembers) -> RecordList? {
        for (name, shapes) in shapes {
            guard let value = event[name], value.elements != nil || value.members != nil else { continue }
            if let shape = shape(namedBy: event, shapes) { return RecordList(value: value, shape: shape) }
        }
        return nil
    }

    /// Creates the list of a member; returns nil if it is no list, or if its first record does not tell the shape.
    init?(_ name: StaticString, _ value: JSONValue) throws(MalformedJSON) {
        guard let shapes = Self.shapes.first(where: { $0.name.equals(name) })?.shapes,
            let first = try FirstRecord(value.firstRecord()),
            let shape = try Self.shape(of: first.members, shapes)
        else { return nil }
        self.init(value: value, shape: shape)
        self.first = consume first
    }

    private static func shape(
        of record: borrowing EventMembers,
        _ shapes: [EventShape]
    ) throws(MalformedJSON) -> EventShape? {
        for shape in shapes where try shape.matches(record) { return shape }
        return EventShape.named(by: record, in: shapes)
    }

    private static func shape(namedBy event: borrowing EventMembers, _ shapes: [EventShape]) -> EventShape? {
        if let shape = EventShape.named(by: event, in: shapes) { return shape }
        // The last invocation for a tumbling window has no records.
        let service = event["eventSourceARN"]?.text?.split(separator: ":").dropFirst(2).first
        if let service, let shape = shapes.first(where: { $0.eventSources.contains(String(service)) }) { return shape }
        // The list of only one source.
        return shapes.count == 1 && event["rmqMessagesByQueue"] != nil ? shapes.first : nil
    }

    /// The shapes of records by the name of their list.
    private static let shapes: [(name: StaticString, shapes: [EventShape])] = {
        var groups: [(name: StaticString, shapes: [EventShape])] = []
        for shape in EventShape.all {
            for name in shape.lists {
                if let index = groups.firstIndex(where: { $0.name.description == name.description }) {
                    groups[index].shapes.append(shape)
                } else {
                    groups.append((name, [shape]))
                }
            }
        }
        return groups
    }()
}

extension JSONValue {
    /// Passes each record of a list, or of an object with lists, to the body, with the list's name.
    ///
    /// - Parameter body: Returns the record's reader if it has read the record to its end, otherwise nil.
    /// - Returns: The reader at the end of the list.
    /// - Throws: ``MalformedJSON`` if the value is no list, or is malformed.
    func forEachRecord(
        _ body: (JSONValue, JSONText?) throws(MalformedJSON) -> JSONReader?
    ) throws(MalformedJSON) -> JSONReader {
        switch self {
        case .array(var elements):
            try Self.forEach(&elements, nil, body)
            return elements
        case .object(var groups):
            while let (name, group) = try groups.nextMember() {
                switch group {
                case .array(var elements):
                    try Self.forEach(&elements, name, body)
                    groups.resume(behind: elements)
                case .object(var members):
                    while let (_, record) = try members.nextMember() {
                        if let reader = try body(record, name) { members.resume(behind: reader) }
                    }
                    groups.resume(behind: members)
                default: break
                }
            }
            return groups
        default: throw MalformedJSON()
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

extension StaticString {
    /// Returns true if the texts are equal; literals with the same text often are the same memory.
    func equals(_ other: StaticString) -> Bool {
        let count = utf8CodeUnitCount
        guard count == other.utf8CodeUnitCount else { return false }
        return utf8Start == other.utf8Start
            || UnsafeBufferPointer(start: utf8Start, count: count)
                .elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: count))
    }
}

/// Names of members, found by their length and their first letter: an event may have a million members.
struct NameTable: Sendable {
    /// The names in the order of their lengths.
    let names: [StaticString]
    /// The first letter of each name.
    private let letters: [UInt8]
    /// The index of the first name that has a length or a greater one.
    private let starts: [Int]

    /// Creates a table; duplicates count once.
    init(_ names: [StaticString]) {
        var unique: [StaticString] = []
        var starts = [0]
        for name in names.sorted(by: { $0.utf8CodeUnitCount < $1.utf8CodeUnitCount }) {
            while starts.count <= name.utf8CodeUnitCount { starts.append(unique.count) }
            if !unique[starts[name.utf8CodeUnitCount]...].contains(where: { $0.equals(name) }) { unique.append(name) }
        }
        starts.append(unique.count)
        self.names = unique
        self.starts = starts
        letters = unique.map(\.utf8Start.pointee)
    }

    /// Returns the name that equals the text, or nil.
    func name(_ text: JSONText) -> StaticString? {
        if text.hasEscapes { return text.first(of: names) }
        guard let first = text.content.first else { return nil }
        for index in candidates(text) where letters[index] == first && text.equals(names[index]) {
            return names[index]
        }
        return nil
    }

    /// Returns false if no name can equal the text in any case.
    func mayContain(_ text: JSONText) -> Bool { text.hasEscapes || !candidates(text).isEmpty }

    private func candidates(_ text: JSONText) -> Range<Int> {
        let length = text.content.count
        return length + 1 < starts.count ? starts[length]..<starts[length + 1] : 0..<0
    }
}
