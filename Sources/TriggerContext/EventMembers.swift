internal import WireText

/// A parsed object: the members by which its shape is recognised, and the hints among the others.
struct EventMembers {
    private var kept: [(name: StaticString, value: JSONValue)] = []
    /// The hints at the object's top level; nil for records, which are not searched for them.
    private(set) var payload: PayloadHints?

    init() {}

    /// Parses an object.
    ///
    /// - Parameters:
    ///   - members: The object's members.
    ///   - names: The members to keep; of duplicates, the first.
    ///   - place: The object's place, as named in the log.
    ///   - isDocument: True if nothing may follow the object.
    /// - Throws: ``MalformedJSON`` if the object or an inspected part of it is malformed: none of it can be trusted.
    init(
        _ members: JSONReader,
        keeping names: NameTable,
        place: FieldReader.Place = .payload,
        isDocument: Bool = false
    ) throws(MalformedJSON) {
        var payload = PayloadHints(place)
        var members = members
        while let (name, value) = try members.nextMember() {
            try payload.take(name, value)
            take(name, value, names)
        }
        self.payload = payload
        guard !isDocument || members.isAtEndOfText() else { throw MalformedJSON() }
    }

    /// Replaces the members by those of a record.
    ///
    /// - Parameters:
    ///   - members: The record's members; they are read to the end.
    ///   - names: The members to keep; of duplicates, the first.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    mutating func replace(by members: inout JSONReader, keeping names: NameTable) throws(MalformedJSON) {
        kept.removeAll(keepingCapacity: true)
        while let (name, value) = try members.nextMember() { take(name, value, names) }
    }

    /// Replaces the members by those of a record, or by those of the first one, which was read before.
    ///
    /// - Parameters:
    ///   - members: The record's members; they are read to the end.
    ///   - names: The members to keep; of duplicates, the first.
    ///   - first: The first record, for the first call; nil afterwards.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    mutating func replace(
        by members: inout JSONReader,
        keeping names: NameTable,
        unless first: inout RecordList.FirstRecord?
    ) throws(MalformedJSON) {
        guard let known = first else { return try replace(by: &members, keeping: names) }
        self = known.members
        members = known.end
        first = nil
    }

    private mutating func take(_ name: JSONText, _ value: JSONValue, _ names: NameTable) {
        if let known = names.name(name), self[known] == nil { kept.append((known, value)) }
    }

    /// True if no member was kept.
    var isEmpty: Bool { kept.isEmpty }

    /// The value of a kept member, or nil.
    subscript(name: StaticString) -> JSONValue? {
        kept.first { Self.areEqual($0.name, name) }?.value
    }

    private static func areEqual(_ first: StaticString, _ second: StaticString) -> Bool {
        let count = first.utf8CodeUnitCount
        guard count == second.utf8CodeUnitCount else { return false }
        return UnsafeBufferPointer(start: first.utf8Start, count: count)
            .elementsEqual(UnsafeBufferPointer(start: second.utf8Start, count: count))
    }

    /// Returns the value at a path of member names, or nil.
    func value(at path: EventShape.Path) throws(MalformedJSON) -> JSONValue? {
        guard let first = path.first, var value = self[first] else { return nil }
        for step in path.dropFirst() {
            guard let next = try value.member(step) else { return nil }
            value = next
        }
        return value
    }

    /// Returns the text of the first of the paths with a string or a number.
    func text(at paths: [EventShape.Path]) throws(MalformedJSON) -> String? {
        for path in paths {
            if let value = try value(at: path), let text = value.text ?? value.number, !text.isEmpty { return text }
        }
        return nil
    }

    /// Returns the joined texts of the members at the paths that are there; nil if there is none.
    func text(joining paths: [EventShape.Path], with separator: String, all: Bool) throws(MalformedJSON) -> String? {
        if paths.count == 1 { return try text(at: paths) }
        var texts: [String] = []
        for path in paths {
            if let text = try text(at: [path]) {
                texts.append(text)
            } else if all {
                return nil
            }
        }
        return texts.isEmpty ? nil : texts.joined(separator: separator)
    }
}

extension JSONValue {
    /// Passes each element of a list, or each member's value of an object, to the body.
    func forEach(_ body: (JSONValue) throws(MalformedJSON) -> Void) throws(MalformedJSON) {
        switch self {
        case .array(var elements):
            while let element = try elements.nextElement() { try body(element) }
        case .object(var members):
            while let (_, value) = try members.nextMember() { try body(value) }
        default: break
        }
    }

    /// Passes each value at a path to the body; `*` stands for each element or member.
    func forEach(
        at path: ArraySlice<StaticString>,
        _ body: (JSONValue) throws(MalformedJSON) -> Void
    ) throws(MalformedJSON) {
        guard let step = path.first else { return try body(self) }
        if step.utf8CodeUnitCount == 1, step.description == "*" {
            try forEach { (element) throws(MalformedJSON) in try element.forEach(at: path.dropFirst(), body) }
        } else if let next = try member(step) {
            try next.forEach(at: path.dropFirst(), body)
        }
    }
}
