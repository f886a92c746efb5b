internal import SessionTracing
internal import WireText

/// The trace fields sent with a message, as headers, properties or attributes.
struct MessageFields {
    private var reader: FieldReader
    private var traceHeaders = TraceHeaders()
    private var sessionID: String?

    /// The maximum number of headers of one Kafka record that are read.
    static let maximumHeaderCount = 1_024

    init(form: FieldForm = .plain) {
        reader = FieldReader(.messageAttributes, form: form)
    }

    /// Reads the fields of an object, or of a list of objects with one field each, as Kafka's.
    static func read(_ value: JSONValue, _ form: FieldForm, into hints: inout CallerHints) throws(MalformedJSON) {
        var fields = MessageFields(form: form)
        switch value {
        case .object(let members): try fields.take(members)
        case .array(var elements):
            var count = 0
            while let element = try elements.nextElement() {
                count += 1
                if count <= maximumHeaderCount, let members = element.members { try fields.take(members) }
            }
        default: return
        }
        fields.write(to: &hints)
    }

    private mutating func take(_ members: JSONReader) throws(MalformedJSON) {
        var members = members
        while let (name, value) = try members.nextMember() { try take(name, value) }
    }

    /// Stores a field if it is one of these.
    private mutating func take(_ name: JSONText, _ value: JSONValue) throws(MalformedJSON) {
        if let key = name.first(of: WantedName.sessionKeys) {
            if sessionID == nil { sessionID = try reader.id(key, value) }
        } else if let field = name.first(of: WantedName.headerFields, ignoringCase: true) {
            try reader.take(field, value, into: &traceHeaders)
        }
    }

    private func write(to hints: inout CallerHints) {
        var traceHeaders = traceHeaders
        // A session id here has the precedence of a message attribute, also under the name of a header.
        hints.attributeID = hints.attributeID ?? traceHeaders.removeSessionID() ?? sessionID
        if !traceHeaders.isEmpty { hints.headerSources.append(traceHeaders) }
        hints.collect(reader.unusable)
    }
}
