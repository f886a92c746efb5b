internal import SessionTracing
internal import WireText

/// The data found in an event, before precedence is applied.
struct FoundEvent: ~Copyable {
    var trigger = Trigger()
    var hints = CallerHints()
    var records: [RecordContext] = []
}

/// Reads events and the events within them: by their shape, then at the fields of the shape.
struct EventReader: ~Copyable {
    /// The maximum number of nested envelopes, the event of the invocation included; each costs one scan of its content.
    static let maximumEnvelopeCount = 5

    /// The function's configured path of the session id.
    private let path: SessionPath?
    private let propagators: Propagators
    private var texts = NestedText()

    init(path: SessionPath?, propagators: Propagators) {
        self.path = path
        self.propagators = propagators
    }

    // MARK: The event of an invocation

    /// Reads an event.
    ///
    /// - Parameter text: The event's JSON text.
    /// - Returns: The data found.
    /// - Throws: ``MalformedJSON`` if the event is no JSON object or array, or is malformed.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) throws(MalformedJSON) -> FoundEvent {
        var found = FoundEvent()
        switch JSONValue(text) {
        case .array(let elements): try readArray(elements, into: &found)
        case .object(let members): try readObject(members, into: &found)
        // A caller can have encoded its event twice.
        case .string(let string): readText(string, as: .plain, at: 0, into: &found.hints)
        case .scalar: throw MalformedJSON()
        }
        if let path {
            let own = path.find(in: JSONValue(text))
            if case .text = own { found.hints.pathID = nil }
            found.hints.takePathID(own)
        }
        found.hints.restrict(to: propagators)
        return found
    }

    /// Reads an event with records, or one without.
    ///
    /// A list is read where it stands, so that its bytes are passed once, unless only the event tells what its records
    /// are.
    private mutating func readObject(_ object: JSONReader, into found: inout FoundEvent) throws(MalformedJSON) {
        var object = object
        var members = EventMembers()
        var hasList = false
        while let (name, value) = try object.nextMember() {
            guard let known = try members.take(name, value), !hasList, let list = try RecordList(known, value)
            else { continue }
            object.resume(behind: try read(list, into: &found))
            hasList = true
        }
        guard object.isAtEndOfText() else { throw MalformedJSON() }
        if !hasList, let list = RecordList.named(by: members) {
            _ = try read(list, into: &found)
            hasList = true
        }
        guard hasList else { return try readOne(members, into: &found) }
        if found.trigger.destination == nil {
            found.trigger.destination =
                try members.text(at: [["deliveryStreamArn"], ["eventSourceARN"]]).map(EventShape.resource)
        }
        if members["window"] != nil, let state = members["state"]?.members {
            found.hints.conversationID = try PayloadHints(state).sessionID
        }
    }

    private mutating func readOne(
        _ members: borrowing EventMembers,
        into found: inout FoundEvent
    ) throws(MalformedJSON) {
        guard let shape = try EventShape.recognised(members) else { return found.hints.take(members.payload) }
        // A caller, such as a Step Functions task, can send one record of a service.
        if !shape.isRecord {
            found.trigger.source = shape.triggerSource(members)
            if shape.source == .lambdaDestination {
                found.trigger.innerSource = try Self.innerSource(of: members, at: 0)
            }
            found.trigger.operation = try shape.operation(members)
            found.trigger.http = try HTTPEvent.request(members, found.trigger.source)
        }
        try readCallerFields(of: shape, members, at: 0, into: &found.hints)
    }

    /// Returns the source of the event with which a chain of destinations began; nil for a direct one.
    private static func innerSource(
        of destination: borrowing EventMembers,
        at depth: Int
    ) throws(MalformedJSON) -> Trigger.Source? {
        guard depth < maximumEnvelopeCount, let event = destination["requestPayload"]?.members else { return nil }
        let members = try EventMembers(event, keeping: EventShape.allNames)
        if let list = try RecordList.list(of: members) { return list.shape.source }
        guard let shape = try EventShape.recognised(members) else { return nil }
        if shape.source == .lambdaDestination { return try innerSource(of: members, at: depth + 1) }
        return shape.triggerSource(members)
    }

    /// Reads an array: the records of EventBridge Pipes, AppSync's batch, or events.
    private mutating func readArray(_ elements: JSONReader, into found: inout FoundEvent) throws(MalformedJSON) {
        var end = elements
        var first = elements
        let element = try first.nextElement()
        if let object = element?.members {
            let members = try EventMembers(object, keeping: EventShape.allNames)
            let hasList = try RecordList.list(of: members) != nil
            var shape = hasList ? nil : try EventShape.recognised(members)
            if shape == nil, !hasList { shape = EventShape.named(by: members, in: EventShape.all) }
            if let shape, shape.isRecord {
                end = try read(RecordList(value: .array(elements), shape: shape), into: &found)
            } else {
                if let shape, shape.source == .appSync {
                    found.trigger.source = shape.source
                    found.trigger.operation = try shape.operation(members)
                }
                end = try readEvents(elements, into: &found)
            }
        } else if element?.elements != nil {
            end = try readEvents(elements, into: &found)
        } else {
            while try end.nextElement() != nil {}
        }
        guard end.isAtEndOfText() else { throw MalformedJSON() }
    }

    /// Reads each element of an array as an event of its own.
    ///
    /// - Returns: The reader at the end of the array.
    private mutating func readEvents(
        _ elements: JSONReader,
        into found: inout FoundEvent
    ) throws(MalformedJSON) -> JSONReader {
        var elements = elements
        found.trigger.isBatch = true
        while let element = try elements.nextElement() {
            var hints = CallerHints()
            if found.trigger.recordCount < TriggerContext.maximumRecordCount {
                try readNested(element, at: 0, into: &hints)
            }
            append(hints, id: nil, to: &found)
        }
        return elements
    }

    // MARK: Records

    /// Reads the records of a list; an invalid record, or one beyond the limit, is only counted.
    ///
    /// - Returns: The reader at the end of the list.
    private mutating func read(
        _ list: consuming RecordList,
        into found: inout FoundEvent
    ) throws(MalformedJSON) -> JSONReader {
        let shape = list.shape
        var first = list.first.take()
        found.trigger.source = shape.source
        found.trigger.isBatch = shape.isBatch
        var members = EventMembers()
        return try list.value.forEachRecord { (record, group) throws(MalformedJSON) in
            guard found.trigger.recordCount < TriggerContext.maximumRecordCount, var reader = record.members else {
                found.trigger.recordCount += 1
                return nil
            }
            try members.replace(by: &reader, of: shape, unless: &first)
            if found.trigger.destination == nil {
                found.trigger.destination = try shape.destinationName(members, group: group)
            }
            if shape.callerFields.isEmpty, path == nil {
                found.trigger.recordCount += 1
            } else {
                let id = try members.text(joining: shape.id, with: "-", all: true)
                var hints = CallerHints()
                takePathID(record, into: &hints)
                try readCallerFields(of: shape, members, at: 0, into: &hints)
                append(hints, id: id, to: &found)
            }
            return reader
        }
    }

    private func append(_ record: consuming CallerHints, id: String?, to found: inout FoundEvent) {
        let index = found.trigger.recordCount
        found.trigger.recordCount += 1
        guard index < TriggerContext.maximumRecordCount else { return }
        found.hints.collect(record.unusable)
        found.records.append(RecordContext(id: id, record, index: index, propagators: propagators))
    }

    // MARK: Events within events

    /// Reads an event within an event: an object, JSON text of one, or a list of them.
    ///
    /// - Parameters:
    ///   - value: The event.
    ///   - depth: The number of envelopes around it.
    ///   - hints: The hints of the envelope, which take precedence; receives those of the event.
    /// - Throws: ``MalformedJSON`` if the event is malformed and no text of its own.
    private mutating func readNested(
        _ value: JSONValue,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        guard depth <= Self.maximumEnvelopeCount else { return }
        switch value {
        case .string(let string): readText(string, as: .plain, at: depth, into: &hints)
        case .array:
            var shared = SharedHints()
            try value.forEach { (element) throws(MalformedJSON) in
                var own = CallerHints()
                try readNested(element, at: depth + 1, into: &own)
                shared.add(own)
            }
            hints.merge(shared.hints)
        case .object(let object):
            takePathID(value, into: &hints)
            let members = try EventMembers(object, keeping: EventShape.allNames)
            try readNested(members, at: depth, into: &hints)
        default: break
        }
    }

    private mutating func readNested(
        _ members: borrowing EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        if members.isEmpty { return hints.take(members.payload) }
        if let list = try RecordList.list(of: members) { return try readShared(list, at: depth, into: &hints) }
        guard let shape = try EventShape.recognised(members) else { return hints.take(members.payload) }
        try readCallerFields(of: shape, members, at: depth, into: &hints)
    }

    /// Reads the records of an event within an event: the hints that all of them share.
    private mutating func readShared(
        _ list: consuming RecordList,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        var members = EventMembers()
        var first = list.first.take()
        var shared = SharedHints()
        _ = try list.value.forEachRecord { (record, _) throws(MalformedJSON) in
            guard var reader = record.members else { return nil }
            try members.replace(by: &reader, of: list.shape, unless: &first)
            var own = CallerHints()
            takePathID(record, into: &own)
            try readCallerFields(of: list.shape, members, at: depth, into: &own)
            shared.add(own)
            return reader
        }
        hints.merge(shared.hints)
    }

    /// Reads JSON text in a string; malformed text is ignored as a whole.
    ///
    /// - Returns: False if the string is no JSON text.
    @discardableResult
    private mutating func readText(
        _ string: JSONText?,
        as encoding: NestedText.Encoding,
        at depth: Int,
        into hints: inout CallerHints
    ) -> Bool {
        guard depth <= Self.maximumEnvelopeCount, let string, let text = texts.open(string, as: encoding, at: depth)
        else { return false }
        readDocument(text, at: depth, into: &hints)
        return true
    }

    /// Reads the body of a request: JSON text, or a form.
    private mutating func readBody(
        _ body: JSONText,
        _ request: borrowing EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        let mark = request["isBase64Encoded"] ?? request["is_base64_encoded"]
        let isBase64 = mark?.isTrue == true || mark?.string?.equals("true") == true
        guard !readText(body, as: isBase64 ? .base64 : .plain, at: depth, into: &hints), !body.content.isEmpty,
            try DescribingHeaders(request["headers"], request["multiValueHeaders"]).isForm, let text = body.decoded()
        else { return }
        let form = isBase64 ? Base64.decode(text).map { String(decoding: $0, as: UTF8.self) } : text
        if let form { hints.takeForm(form) }
    }

    private mutating func readDocument(
        _ text: UnsafeBufferPointer<UInt8>,
        at depth: Int,
        into hints: inout CallerHints
    ) {
        let value = JSONValue(text)
        if let string = value.string {
            readText(string, as: .plain, at: depth + 1, into: &hints)
            return
        }
        if case .array(var end) = value {
            while (try? end.nextElement()) != nil {}
            guard end.isAtEndOfText() else { return }
            try? readNested(value, at: depth, into: &hints)
            return
        }
        guard let object = value.members,
            let members = try? EventMembers(object, keeping: EventShape.allNames, isDocument: true)
        else { return }
        takePathID(value, into: &hints)
        if members.isEmpty { return hints.take(members.payload) }
        var inner = CallerHints()
        guard (try? readNested(members, at: depth, into: &inner)) != nil else { return }
        hints.merge(inner)
    }

    private func takePathID(_ value: JSONValue, into hints: inout CallerHints) {
        if hints.pathID == nil, let path { hints.takePathID(path.find(in: value)) }
    }

    // MARK: Places

    private mutating func readCallerFields(
        of shape: EventShape,
        _ members: borrowing EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        for field in shape.callerFields {
            guard field.hasSeveralValues else {
                if let value = try members.value(at: field.path) {
                    try read(value, field.form, members, at: depth, into: &hints)
                }
                continue
            }
            guard let first = field.path.first, let value = members[first] else { continue }
            var shared = SharedHints()
            try value.forEach(at: field.path.dropFirst()) { (value) throws(MalformedJSON) in
                var own = CallerHints()
                try read(value, field.form, members, at: depth, into: &own)
                shared.add(own)
            }
            hints.merge(shared.hints)
        }
        // Without a session id of the service, keys at the top level are the caller's.
        if shape.hasPayload { hints.take(members.payload) }
        if hints.conversationID == nil { hints.conversationID = try members.text(at: shape.conversationIDs) }
        if shape.source == .dynamoDB, try Self.isExpiration(members) { hints.isExpiration = true }
        if shape.source == .sqs, hints.xrayTraceHeader == nil {
            hints.xrayTraceHeader = try members.value(at: EventShape.xrayTraceHeader)?.text
        }
    }

    /// Returns true for an item that DynamoDB removed at the end of its time to live
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html).
    private static func isExpiration(_ members: borrowing EventMembers) throws(MalformedJSON) -> Bool {
        guard try members.value(at: EventShape.eventName)?.string?.equals("REMOVE") == true else { return false }
        return try members.value(at: EventShape.principalID)?.string?.equals("dynamodb.amazonaws.com") == true
    }

    private mutating func read(
        _ value: JSONValue,
        _ form: EventShape.CallerField.Form,
        _ members: borrowing EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        switch form {
        case .event:
            if value.string == nil { return try readNested(value, at: depth + 1, into: &hints) }
            readText(value.string, as: .plain, at: depth + 1, into: &hints)
        case .payload: try readPayload(value, at: depth + 1, into: &hints)
        case .body:
            if let body = value.string { try readBody(body, members, at: depth + 1, into: &hints) }
        case .base64: readText(value.string, as: .base64, at: depth + 1, into: &hints)
        case .percentEncoded:
            guard let text = value.text else { return }
            let decoded = PercentEncoding.decode(Array(text.utf8)[...], decodesPlus: true)
            Array(decoded.utf8).withUnsafeBufferPointer { readDocument($0, at: depth + 1, into: &hints) }
        case .headerFields: try hints.takeHeaders(value)
        case .query(let form): try hints.takeQuery(value, form)
        case .attributes(let form): try MessageFields.read(value, form, into: &hints)
        case .parameters: try hints.takeParameters(value)
        case .item:
            if let image = value.members { hints.take(try PayloadHints(image, form: .attributeMap)) }
        }
    }

    private mutating func readPayload(
        _ value: JSONValue,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        switch value {
        case .object(let members): hints.take(try PayloadHints(members))
        case .array(var elements):
            while let element = try elements.nextElement() {
                if let members = element.members { hints.take(try PayloadHints(members)) }
            }
        case .string(let string): readText(string, as: .plain, at: depth, into: &hints)
        default: break
        }
    }
}
