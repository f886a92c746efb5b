internal import SessionTracing
internal import WireText

/// The caller's hints in user-defined data: an event, a body, a message, a row of a table, or a client context.
struct PayloadHints: ~Copyable {
    private let form: FieldForm
    private var reader: FieldReader
    private var headerReader: FieldReader
    private var outerID: String?
    private var innerID: String?
    /// The header fields of an object `headers`.
    private(set) var headers: TraceHeaders?
    /// The header fields at the top level.
    private(set) var fields: TraceHeaders?

    init(_ location: FieldReader.Location = .payload, form: FieldForm = .plain) {
        self.form = form
        reader = FieldReader(location, form: form)
        headerReader = FieldReader(.headerFields, form: form)
    }

    /// Reads all members of an object.
    init(
        _ members: JSONReader,
        _ location: FieldReader.Location = .payload,
        form: FieldForm = .plain
    ) throws(MalformedJSON) {
        self.init(location, form: form)
        var members = members
        while let (name, value) = try members.nextMember() { try take(name, value) }
    }

    /// The value of a session key, if there is one.
    ///
    /// A key at the top level takes precedence over a nested one, independent of their order in the text.
    var sessionID: String? { outerID ?? innerID }

    /// The names and places of values that cannot be used.
    var unusable: [String] { reader.unusable + headerReader.unusable }
    var hasUnusable: Bool { !reader.unusable.isEmpty || !headerReader.unusable.isEmpty }

    /// Stores a member of the object if it is one of these.
    mutating func take(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        guard WantedName.table.mayContain(name) else { return }
        if let key = name.first(of: WantedName.sessionKeys) {
            if outerID == nil { outerID = try reader.id(key, value) }
        } else if let field = name.first(of: WantedName.headerFields, ignoringCase: true) {
            var fields = self.fields ?? TraceHeaders()
            try reader.take(field, value, into: &fields)
            self.fields = fields
        } else if name.first(of: WantedName.sessionScopes) != nil {
            guard var members = try members(of: value) else { return }
            while let (name, value) = try members.nextMember() {
                guard innerID == nil, let key = name.first(of: WantedName.sessionKeys) else { continue }
                innerID = try reader.id(key, value)
            }
        } else if name.equals(WantedName.headers), headers?.isEmpty != false {
            if let members = try members(of: value) { headers = try headerReader.fields(of: members) }
        }
    }

    private func members(of value: JSONValue) throws(MalformedJSON) -> JSONReader? {
        switch form {
        case .attributeMap: try value.member("M")?.members
        default: value.members
        }
    }
}
