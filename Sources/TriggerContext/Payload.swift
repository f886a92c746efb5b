internal import SessionTracing

/// What someone wrote for the function to read, wherever it stands: an event, a body, a message, a row of a table.
struct Payload {
    /// How values are written.
    enum Form {
        case plain
        /// DynamoDB's: each value is an object whose one key is the value's type.
        case attributeMap
    }

    private let form: Form
    private var outerID: String?
    private var innerID: String?
    private(set) var carrier = Carrier()

    init(form: Form = .plain) {
        self.form = form
    }

    /// Reads a whole object.
    init(_ value: JSONValue, form: Form = .plain) throws(MalformedJSON) {
        self.form = form
        var members = value.members
        while let (name, value) = try members.next() { try take(name, value) }
    }

    /// The value of a session key, if there is one.
    ///
    /// A key at the top level is plainer than one inside, wherever either stands
    /// in the text.
    var sessionID: String? { outerID ?? innerID }

    /// Takes a member of the object, if it is one that is wanted.
    mutating func take(_ name: JSONString, _ value: JSONValue) throws(MalformedJSON) {
        if name.isAny(of: WantedName.sessionKeys) {
            if outerID == nil { outerID = try text(value)?.decodedID() }
        } else if let field = name.first(of: WantedName.fields) {
            if let text = try text(value) { carrier.take(name: field.description, value: text.decoded()) }
        } else if name.isAny(of: WantedName.sessionScopes) {
            guard let scope = try object(value) else { return }
            var members = scope.members
            while let (name, value) = try members.next() {
                guard innerID == nil, name.isAny(of: WantedName.sessionKeys) else { continue }
                innerID = try text(value)?.decodedID()
            }
        } else if name.isAny(of: WantedName.headers) {
            guard let headers = try object(value) else { return }
            var members = headers.members
            while let (name, value) = try members.next() { try takeHeader(name, value) }
        }
    }

    private mutating func takeHeader(_ name: JSONString, _ value: JSONValue) throws(MalformedJSON) {
        guard let field = name.first(of: WantedName.headerFields, ignoringCase: true), let text = try text(value) else {
            return
        }
        carrier.take(name: field.description, value: text.decoded())
    }

    private func text(_ value: JSONValue) throws(MalformedJSON) -> JSONString? {
        switch form {
        case .plain: value.string
        case .attributeMap: value.kind == .object ? try value.member("S")?.string : nil
        }
    }

    private func object(_ value: JSONValue) throws(MalformedJSON) -> JSONValue? {
        guard value.kind == .object else { return nil }
        guard form == .attributeMap else { return value }
        guard let map = try value.member("M"), map.kind == .object else { return nil }
        return map
    }
}
