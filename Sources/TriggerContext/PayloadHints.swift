internal import SessionTracing
internal import WireText

/// The caller's hints in user-defined data: an event, a body, a message, or a row of a table.
struct PayloadHints {
    /// The representation of values.
    enum Form {
        case plain
        /// DynamoDB's representation: each value is an object whose only key is the value's type.
        case attributeMap
    }

    private let form: Form
    private var outerID: String?
    private var innerID: String?
    /// The header fields of the payload; nil if there are none.
    private(set) var traceHeaders: TraceHeaders?

    init(form: Form = .plain) {
        self.form = form
    }

    /// Reads all members of an object.
    init(_ members: JSONReader, form: Form = .plain) throws(MalformedJSON) {
        self.form = form
        var members = members
        while let (name, value) = try members.nextMember() { try take(name, value) }
    }

    /// The value of a session key, if there is one.
    ///
    /// A key at the top level takes precedence over a nested one, independent of their order in the text.
    var sessionID: String? { outerID ?? innerID }

    /// Stores a member of the object if it is one of these.
    mutating func take(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        if name.first(of: WantedName.sessionKeys) != nil {
            if outerID == nil { outerID = try text(value)?.decodedID() }
        } else if let field = name.first(of: WantedName.fields) {
            if let text = try text(value) { takeField(field, text) }
        } else if name.first(of: WantedName.sessionScopes) != nil {
            guard var members = try members(of: value) else { return }
            while let (name, value) = try members.nextMember() {
                guard innerID == nil, name.first(of: WantedName.sessionKeys) != nil else { continue }
                innerID = try text(value)?.decodedID()
            }
        } else if name.equals(WantedName.headers) {
            guard var members = try members(of: value) else { return }
            while let (name, value) = try members.nextMember() { try takeHeader(name, value) }
        }
    }

    private mutating func takeHeader(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        guard let field = name.first(of: WantedName.headerFields, ignoringCase: true), let text = try text(value) else {
            return
        }
        takeField(field, text)
    }

    private mutating func takeField(_ name: StaticString, _ text: JSONText) {
        var taken = traceHeaders ?? TraceHeaders()
        taken.take(name: name.description, value: text.decoded())
        traceHeaders = taken
    }

    private func text(_ value: JSONValue) throws(MalformedJSON) -> JSONText? {
        switch form {
        case .plain: value.string
        case .attributeMap: try value.member("S")?.string
        }
    }

    private func members(of value: JSONValue) throws(MalformedJSON) -> JSONReader? {
        switch form {
        case .plain: value.members
        case .attributeMap: try value.member("M")?.members
        }
    }
}
