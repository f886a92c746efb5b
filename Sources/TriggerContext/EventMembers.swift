internal import WireText

/// A parsed object: the members by which its shape is recognised, and the hints among the others.
struct EventMembers: ~Copyable {
    /// The kept members, and those kept in one of them, with its name.
    private var kept: [(outer: StaticString?, name: StaticString, value: JSONValue)] = []
    /// True if the members in members are kept, as of a record whose shape is known.
    private var keepsInner = false
    /// The hints at the object's top level; none for records, which are not searched for them.
    private(set) var payload: PayloadHints

    /// Creates an object without members.
    init() {
        payload = PayloadHints()
    }

    /// Parses an object.
    ///
    /// - Parameters:
    ///   - members: The object's members.
    ///   - names: The members to keep; of duplicates, the first.
    ///   - location: The location of the object, as named in the log.
    ///   - isDocument: True if nothing may follow the object.
    /// - Throws: ``MalformedJSON`` if the object or an inspected part of it is malformed: none of it can be trusted.
    init(
        _ members: JSONReader,
        keeping names: NameTable,
        location: FieldReader.Location = .payload,
        isDocument: Bool = false
    ) throws(MalformedJSON) {
        payload = PayloadHints(location)
        var members = members
        while let (name, value) = try members.nextMember() {
            try take(name, value, names)
        }
        guard !isDocument || members.isAtEndOfText() else { throw MalformedJSON() }
    }

    /// Reads a record of unknown shape.
    ///
    /// - Parameter record: The record's members; they are read to the end.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    init(record: inout JSONReader) throws(MalformedJSON) {
        self.init()
        while let (name, value) = try record.nextMember() { keep(name, value, EventShape.allNames) }
    }

    /// Replaces the members by those of a record, or by those of the first one, which was read before.
    ///
    /// Each byte is passed once, also in an object with several of the wanted members: it is read where it stands.
    ///
    /// - Parameters:
    ///   - record: The record's members; they are read to the end.
    ///   - shape: The shape with the members to keep; of duplicates, the first.
    ///   - first: The first record, for the first call; nil afterwards.
    /// - Throws: ``MalformedJSON`` if the record is malformed.
    mutating func replace(
        by record: inout JSONReader,
        of shape: EventShape,
        unless first: inout RecordList.FirstRecord?
    ) throws(MalformedJSON) {
        if let known = first.take() {
            record = known.end
            self = known.members
            return
        }
        kept.removeAll(keepingCapacity: true)
        keepsInner = true
        while let (name, value) = try record.nextMember() {
            guard let outer = keep(name, value, shape.names), shape.outerNames.contains(where: { $0.equals(outer) }),
                var inner = value.members
            else { continue }
            while let (name, value) = try inner.nextMember() { keep(name, value, shape.innerNames, in: outer) }
            record.resume(behind: inner)
        }
    }

    /// Stores a member: the hints in it, and its value if it is one to keep.
    ///
    /// - Returns: The name of a member that was kept; nil for others, also for a duplicate.
    @discardableResult
    mutating func take(
        _ name: JSONText,
        _ value: JSONValue,
        _ names: NameTable = EventShape.allNames
    ) throws(MalformedJSON) -> StaticString? {
        try payload.take(name, value)
        return keep(name, value, names)
    }

    @discardableResult
    private mutating func keep(
        _ name: JSONText,
        _ value: JSONValue,
        _ names: NameTable,
        in outer: StaticString? = nil
    ) -> StaticString? {
        guard let known = names.name(name), self[known, in: outer] == nil else { return nil }
        kept.append((outer, known, value))
        return known
    }

    /// True if no member was kept.
    var isEmpty: Bool { kept.isEmpty }

    /// The value of a kept member, or nil.
    subscript(name: StaticString) -> JSONValue? { self[name, in: nil] }

    private subscript(name: StaticString, in outer: StaticString?) -> JSONValue? {
        for member in kept where member.name.equals(name) {
            switch (member.outer, outer) {
            case (nil, nil): return member.value
            case (let first?, let second?) where first.equals(second): return member.value
            default: continue
            }
        }
        return nil
    }

    /// Returns the value at a path of member names, or nil.
    func value(at path: EventShape.Path) throws(MalformedJSON) -> JSONValue? {
        guard let first = path.first else { return nil }
        let isInner = keepsInner && path.count > 1
        guard var value = isInner ? self[path[1], in: first] : self[first] else { return nil }
        for index in (isInner ? 2 : 1)..<path.count {
            guard let next = try value.member(path[index]) else { return nil }
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
