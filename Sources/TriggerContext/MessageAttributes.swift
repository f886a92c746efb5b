internal import SessionTracing

/// The attributes of SQS's and SNS' messages: an object by names, whose values are objects.
enum MessageAttributes {
    /// - Parameters:
    ///   - attributes: The object.
    ///   - valueName: The member that holds an attribute's text.
    ///   - caller: Gets what was found.
    /// - Throws: When the object is malformed.
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

/// Fields that travel beside a message, under whatever name their system has for them.
struct MessageFields {
    private var carrier = Carrier()
    private var sessionID: String?
    private var dedicated = Carrier()

    func wants(_ name: JSONString) -> Bool {
        name.isAny(of: WantedName.sessionKeys) || name.first(of: WantedName.headerFields, ignoringCase: true) != nil
    }

    /// Takes a field, if it is one that is wanted.
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
