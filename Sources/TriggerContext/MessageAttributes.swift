internal import SessionTracing

/// The message attributes of SQS and SNS: an object whose values are objects.
enum MessageAttributes {
    /// Reads message attributes.
    ///
    /// - Parameters:
    ///   - attributes: The object.
    ///   - valueName: The member that contains an attribute's text.
    ///   - caller: Receives the hints found.
    /// - Throws: ``MalformedJSON`` if the object is malformed.
    static func read(_ attributes: JSONValue, valueName: StaticString, into caller: inout Caller) throws(MalformedJSON)
    {
        guard var members = attributes.members else { return }
        var found = MessageFields()
        while let (name, value) = try members.next() {
            guard found.wants(name), let text = try value.member(valueName)?.string else { continue }
            found.take(name, text.decoded())
        }
        found.write(to: &caller)
    }
}

/// The trace fields sent with a message, as headers, properties or attributes.
struct MessageFields {
    private var carrier = Carrier()
    private var sessionID: String?
    private var dedicated = Carrier()

    func wants(_ name: JSONString) -> Bool {
        name.isAny(of: WantedName.sessionKeys) || name.first(of: WantedName.headerFields, ignoringCase: true) != nil
    }

    /// Stores a field if it is one of these.
    mutating func take(_ name: JSONString, _ value: @autoclosure () -> String?) {
        if name.isAny(of: WantedName.sessionKeys) {
            guard sessionID == nil, let text = value(), text.utf8.contains(where: { $0 > 0x20 }) else { return }
            sessionID = text
        } else if let field = name.first(of: WantedName.fields, ignoringCase: true) {
            carrier.take(name: field.description, value: value())
        } else if let field = name.first(of: WantedName.dedicatedHeaders, ignoringCase: true) {
            dedicated.take(name: field.description, value: value())
        }
    }

    func write(to caller: inout Caller) {
        if carrier != Carrier() { caller.carriers.append(carrier) }
        caller.attributeID = caller.attributeID ?? dedicated.sessionID ?? sessionID
    }
}
