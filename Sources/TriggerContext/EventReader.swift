internal import SessionTracing
internal import WireText

/// The data found in an event, before precedence is applied.
struct FoundEvent {
    var trigger = Trigger()
    var hints = CallerHints()
    var records: [RecordContext] = []
    /// True if the event was parsed to its end.
    var isWhole = false
}

/// Reads events and the events within them: by their shape, then at the places of the shape.
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
        case .object(let object):
            let members = try EventMembers(object, keeping: EventShape.allNames, isDocument: true)
            if let list = try RecordList(members) {
                try read(list, members, into: &found)
            } else {
                try readOne(members, into: &found)
            }
        default: throw MalformedJSON()
        }
        if let path {
            let own = path.find(in: JSONValue(text))
            if case .text = own { found.hints.ownID = nil }
            found.hints.takeOwn(own)
        }
        found.hints.restrict(to: propagators)
        found.isWhole = true
        return found
    }

    private mutating func readOne(_ members: EventMembers, into found: inout FoundEvent) throws(MalformedJSON) {
        guard let shape = try EventShape.recognised(members) else { return found.hints.take(members.payload) }
        // A caller, such as a Step Functions task, can send one record of a service.
        if !shape.isRecord {
            found.trigger.source = shape.triggerSource(members)
            if shape.source == .lambdaDestination, let first = members["requestPayload"]?.members {
                found.trigger.innerSource = try Self.source(of: first)
            }
            found.trigger.operation = try shape.operation(members)
            found.trigger.http = try HTTPEvent.request(members, found.trigger.source)
        }
        try readPlaces(of: shape, members, at: 0, into: &found.hints)
    }

    /// Returns the source of an event within another; nil for a direct one.
    private static func source(of event: JSONReader) throws(MalformedJSON) -> Trigger.Source? {
        let members = try EventMembers(event, keeping: EventShape.allNames)
        if let list = try RecordList(members) { return list.shape.source }
        return try EventShape.recognised(members)?.triggerSource(members)
    }

    /// Reads an array: the records of EventBridge Pipes, AppSync's batch, or events.
    private mutating func readArray(_ elements: JSONReader, into found: inout FoundEvent) throws(MalformedJSON) {
        var first = elements
        let element = try first.nextElement()
        if let object = element?.members {
            let members = try EventMembers(object, keeping: EventShape.allNames)
            let hasList = try RecordList(members) != nil
            var shape = hasList ? nil : try EventShape.recognised(members)
            if shape == nil, !hasList { shape = EventShape.hinted(by: members, in: EventShape.all) }
            if let shape, shape.isRecord {
                try read(RecordList(value: .array(elements), shape: shape), members, into: &found)
            } else {
                if let shape, shape.source == .appSync {
                    found.trigger.source = shape.source
                    found.trigger.operation = try shape.operation(members)
                }
                try readEvents(elements, into: &found)
            }
        } else if element?.elements != nil {
            try readEvents(elements, into: &found)
        }
        var end = elements
        while try end.nextElement() != nil {}
        guard end.isAtEndOfText() else { throw MalformedJSON() }
    }

    /// Reads each element of an array as an event of its own.
    private mutating func readEvents(_ elements: JSONReader, into found: inout FoundEvent) throws(MalformedJSON) {
        var elements = elements
        found.trigger.isBatch = true
        while let element = try elements.nextElement() {
            var hints = CallerHints()
            if found.trigger.recordCount < TriggerContext.maximumRecordCount {
                try readNested(element, at: 0, into: &hints)
            }
            append(FoundRecord(id: nil, hints: hints), to: &found)
        }
    }

    // MARK: Records

    /// Reads the records of a list; an invalid record, or one beyond the limit, is only counted.
    private mutating func read(
        _ list: RecordList,
        _ event: EventMembers,
        into found: inout FoundEvent
    ) throws(MalformedJSON) {
        let shape = list.shape
        found.trigger.source = shape.source
        found.trigger.isBatch = shape.isBatch
        var members = EventMembers()
        var first = list.first
        try list.value.forEachRecord { (record, group) throws(MalformedJSON) in
            guard found.trigger.recordCount < TriggerContext.maximumRecordCount, var reader = record.members else {
                found.trigger.recordCount += 1
                return nil
            }
            try members.replace(by: &reader, keeping: shape.names, unless: &first)
            if found.trigger.destination == nil {
                found.trigger.destination = try shape.destinationName(members, group: group)
            }
            if shape.places.isEmpty, path == nil {
                found.trigger.recordCount += 1
            } else {
                let id = try members.text(joining: shape.id, with: "-", all: true)
                var hints = CallerHints()
                takeOwn(record, into: &hints)
                try readPlaces(of: shape, members, at: 0, into: &hints)
                append(FoundRecord(id: id, hints: hints), to: &found)
            }
            return reader
        }
        if found.trigger.destination == nil {
            found.trigger.destination =
                try event.text(at: [["deliveryStreamArn"], ["eventSourceARN"]]).map(EventShape.resource)
        }
        if event["window"] != nil, let state = event["state"]?.members {
            found.hints.serviceID = try PayloadHints(state).sessionID
        }
    }

    private func append(_ record: FoundRecord, to found: inout FoundEvent) {
        let index = found.trigger.recordCount
        found.trigger.recordCount += 1
        guard index < TriggerContext.maximumRecordCount else { return }
        found.hints.note(record.hints.unusable)
        found.records.append(RecordContext(record, index: index, propagators: propagators))
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
            takeOwn(value, into: &hints)
            let members = try EventMembers(object, keeping: EventShape.allNames)
            try readNested(members, at: depth, into: &hints)
        default: break
        }
    }

    private mutating func readNested(
        _ members: EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        if members.isEmpty { return hints.take(members.payload) }
        if let list = try RecordList(members) { return try readShared(list, at: depth, into: &hints) }
        guard let shape = try EventShape.recognised(members) else { return hints.take(members.payload) }
        try readPlaces(of: shape, members, at: depth, into: &hints)
    }

    /// Reads the records of an event within an event: the hints that all of them share.
    private mutating func readShared(
        _ list: RecordList,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        var members = EventMembers()
        var first = list.first
        var shared = SharedHints()
        try list.value.forEachRecord { (record, _) throws(MalformedJSON) in
            guard var reader = record.members else { return nil }
            try members.replace(by: &reader, keeping: list.shape.names, unless: &first)
            var own = CallerHints()
            takeOwn(record, into: &own)
            try readPlaces(of: list.shape, members, at: depth, into: &own)
            shared.add(own)
            return reader
        }
        hints.merge(shared.hints)
    }

    /// Reads JSON text in a string; malformed text is ignored as a whole.
    private mutating func readText(
        _ string: JSONText?,
        as encoding: NestedText.Encoding,
        at depth: Int,
        into hints: inout CallerHints
    ) {
        guard depth <= Self.maximumEnvelopeCount, let string, let text = texts.open(string, as: encoding, at: depth)
        else { return }
        readDocument(text, at: depth, into: &hints)
    }

    private mutating func readDocument(
        _ text: UnsafeBufferPointer<UInt8>,
        at depth: Int,
        into hints: inout CallerHints
    ) {
        let value = JSONValue(text)
        if let string = value.string { return readText(string, as: .plain, at: depth + 1, into: &hints) }
        if case .array(var end) = value {
            while (try? end.nextElement()) != nil {}
            guard end.isAtEndOfText() else { return }
            try? readNested(value, at: depth, into: &hints)
            return
        }
        guard let object = value.members,
            let members = try? EventMembers(object, keeping: EventShape.allNames, isDocument: true)
        else { return }
        takeOwn(value, into: &hints)
        if members.isEmpty { return hints.take(members.payload) }
        var inner = CallerHints()
        guard (try? readNested(members, at: depth, into: &inner)) != nil else { return }
        hints.merge(inner)
    }

    private func takeOwn(_ value: JSONValue, into hints: inout CallerHints) {
        if hints.ownID == nil, let path { hints.takeOwn(path.find(in: value)) }
    }

    // MARK: Places

    private mutating func readPlaces(
        of shape: EventShape,
        _ members: EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        for place in shape.places {
            guard let first = place.path.first, let value = members[first] else { continue }
            if place.path.count == 1 {
                try read(value, place.form, members, at: depth, into: &hints)
                continue
            }
            var shared = SharedHints()
            try value.forEach(at: place.path.dropFirst()) { (value) throws(MalformedJSON) in
                var own = CallerHints()
                try read(value, place.form, members, at: depth, into: &own)
                shared.add(own)
            }
            hints.merge(shared.hints)
        }
        // Without a session id of the service, keys at the top level are the caller's.
        if shape.hasPayload { hints.take(members.payload) }
        if hints.serviceID == nil { hints.serviceID = try members.text(at: shape.ownIDs) }
        if shape.source == .dynamoDB, try Self.isExpiration(members) { hints.isExpiration = true }
        if shape.source == .sqs, hints.xrayTraceHeader == nil {
            hints.xrayTraceHeader = try members["attributes"]?.member("AWSTraceHeader")?.text
        }
    }

    /// Returns true for an item that DynamoDB removed at the end of its time to live
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html).
    private static func isExpiration(_ members: EventMembers) throws(MalformedJSON) -> Bool {
        guard members["eventName"]?.string?.equals("REMOVE") == true else { return false }
        return try members["userIdentity"]?.member("principalId")?.string?.equals("dynamodb.amazonaws.com") == true
    }

    private mutating func read(
        _ value: JSONValue,
        _ form: EventShape.Place.Form,
        _ members: EventMembers,
        at depth: Int,
        into hints: inout CallerHints
    ) throws(MalformedJSON) {
        switch form {
        case .event:
            if value.string == nil { return try readNested(value, at: depth + 1, into: &hints) }
            readText(value.string, as: .plain, at: depth + 1, into: &hints)
        case .payload: try readPayload(value, at: depth + 1, into: &hints)
        case .body:
            let isBase64 = members["isBase64Encoded"]?.isTrue ?? members["is_base64_encoded"]?.isTrue ?? false
            readText(value.string, as: isBase64 ? .base64 : .plain, at: depth + 1, into: &hints)
        case .base64: readText(value.string, as: .base64, at: depth + 1, into: &hints)
        case .percentEncoded:
            guard let text = value.text else { return }
            let decoded = PercentEncoding.decode(Array(text.utf8)[...], decodesPlus: true)
            Array(decoded.utf8).withUnsafeBufferPointer { readDocument($0, at: depth + 1, into: &hints) }
        case .headerFields: try hints.takeHeaders(value)
        case .query(let isJoined): try hints.takeQuery(value, isJoined: isJoined)
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
