internal import SessionTracing
internal import WireText

/// The message attributes of SQS and SNS: an object whose values are objects.
enum MessageAttributes {
    /// Reads message attributes.
    ///
    /// - Parameters:
    ///   - attributes: The object.
    ///   - valueName: The member that contains an attribute's text.
    ///   - hints: Receives the hints found.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    static func read(_ attributes: JSONValue, valueName: StaticString, into hints: inout CallerHints)
        throws(MalformedJSON)
    {
        guard var members = attributes.members else { return }
        var fields = MessageFields()
        while let (name, value) = try members.nextMember() {
            guard fields.wants(name) else { continue }
            // An attribute without text, such as a binary one, cannot be used.
            try fields.take(name, try value.member(valueName) ?? value)
        }
        fields.write(to: &hints)
    }
}

/// The trace fields sent with a message, as headers, properties or attributes.
struct MessageFields {
    private var reader: FieldReader
    private var traceHeaders = TraceHeaders()
    private var sessionID: String?

    init(form: FieldForm = .plain) {
        reader = FieldReader(.messageAttributes, form: form)
    }

    func wants(_ name: JSONText) -> Bool {
        name.first(of: WantedName.sessionKeys) != nil
            || name.first(of: WantedName.headerFields, ignoringCase: true) != nil
    }

    /// Stores a field if it is one of these.
    mutating func take(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        if let key = name.first(of: WantedName.sessionKeys) {
            if sessionID == nil { sessionID = try reader.id(key, value) }
        } else if let field = name.first(of: WantedName.headerFields, ignoringCase: true) {
            try reader.take(field, value, into: &traceHeaders)
        }
    }

    func write(to hints: inout CallerHints) {
        var traceHeaders = traceHeaders
        // A session id here has the precedence of a message attribute, also under the name of a header.
        hints.attributeID = hints.attributeID ?? traceHeaders.removeSessionID() ?? sessionID
        if traceHeaders != TraceHeaders() { hints.headerSources.append(traceHeaders) }
        hints.note(reader.unusable)
    }
}
