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
        var found = MessageFields()
        while let (name, value) = try members.nextMember() {
            guard found.wants(name), let text = try value.member(valueName)?.string else { continue }
            found.take(name, text.decoded())
        }
        found.write(to: &hints)
    }
}

/// The trace fields sent with a message, as headers, properties or attributes.
struct MessageFields {
    private var traceHeaders = TraceHeaders()
    private var sessionID: String?
    private var dedicated = TraceHeaders()

    func wants(_ name: JSONText) -> Bool {
        name.first(of: WantedName.sessionKeys) != nil
            || name.first(of: WantedName.headerFields, ignoringCase: true) != nil
    }

    /// Stores a field if it is one of these.
    mutating func take(_ name: JSONText, _ value: @autoclosure () -> String?) {
        if name.first(of: WantedName.sessionKeys) != nil {
            guard sessionID == nil, let text = value(), text.utf8.contains(where: { $0 > 0x20 }) else { return }
            sessionID = text
        } else if let field = name.first(of: WantedName.fields, ignoringCase: true) {
            traceHeaders.take(name: field.description, value: value())
        } else if let field = name.first(of: WantedName.dedicatedHeaders, ignoringCase: true) {
            dedicated.take(name: field.description, value: value())
        }
    }

    func write(to hints: inout CallerHints) {
        if traceHeaders != TraceHeaders() { hints.headerSources.append(traceHeaders) }
        hints.attributeID = hints.attributeID ?? dedicated.sessionID ?? sessionID
    }
}
