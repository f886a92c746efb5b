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
    /// Nil when nothing in it is a header field's.
    private(set) var carrier: Carrier?

    init(form: Form = .plain) {
        self.form = form
    }

    /// Reads a whole object.
    init(_ members: JSONMembers, form: Form = .plain) throws(MalformedJSON) {
        self.form = form
        var members = members
        while let (name, value) = try members.next() { try take(name, value) }
    }

    /// The value of a session key, if there is one.
    ///
    /// A key at the top level is plainer than one inside, wherever either stands
    /// in the text.
    var sessionID: String? { outerID ?? innerID }

    /// Takes a member of the object, if it is one that is wanted.
    mutating func take(_ name: JSONString, _ value: JSONValue) throws(MalformedJSON) {
        guard name.mayBe(in: WantedName.payload) else { return }
        if name.isAny(of: WantedName.sessionKeys) {
            if outerID == nil { outerID = try text(value)?.decodedID() }
        } else if let field = name.first(of: WantedName.fields) {
            if let text = try text(value) { takeField(field, text) }
        } else if name.isAny(of: WantedName.sessionScopes) {
            guard var members = try members(of: value) else { return }
            while let (name, value) = try members.next() {
                guard innerID == nil, name.isAny(of: WantedName.sessionKeys) else { continue }
                innerID = try text(value)?.decodedID()
            }
        } else if name.isAny(of: WantedName.headers) {
            guard var members = try members(of: value) else { return }
            while let (name, value) = try members.next() { try takeHeader(name, value) }
        }
    }

    private mutating func takeHeader(_ name: JSONString, _ value: JSONValue) throws(MalformedJSON) {
        guard let field = name.first(of: WantedName.headerFields, ignoringCase: true), let text = try text(value) else {
            return
        }
        takeField(field, text)
    }

    private mutating func takeField(_ name: StaticString, _ text: JSONString) {
        var taken = carrier ?? Carrier()
        taken.take(name: name.description, value: text.decoded())
        carrier = taken
    }

    private func text(_ value: JSONValue) throws(MalformedJSON) -> JSONString? {
        switch form {
        case .plain: value.string
        case .attributeMap: try value.member("S")?.string
        }
    }

    private func members(of value: JSONValue) throws(MalformedJSON) -> JSONMembers? {
        switch form {
        case .plain: value.members
        case .attributeMap: try value.member("M")?.members
        }
    }
}
