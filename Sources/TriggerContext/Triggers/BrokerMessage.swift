/// A message of ActiveMQ or RabbitMQ: the content in base64, the fields in `properties` or in
/// `basicProperties.headers`.
enum BrokerMessage: RecordReader {
    static func read(
        _ members: inout JSONMembers,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var fields = MessageFields()
        var content: JSONString?
        while let (name, value) = try members.next() {
            if name.isNamed("messageID") {
                found.id = found.id ?? value.shortText
            } else if name.isNamed("destination"), found.destination == nil {
                found.destination = try value.member("physicalName")?.shortText
            } else if name.isNamed("data") {
                content = content ?? value.string
            } else if name.isNamed("properties") {
                try take(value, into: &fields)
            } else if name.isNamed("basicProperties") {
                let id = try value.member("messageId")?.shortText
                found.id = found.id ?? id
                if let headers = try value.member("headers") { try take(headers, into: &fields) }
            }
        }
        fields.write(to: &found.hints)
        messages.read(content, as: .base64, into: &found.hints)
    }

    private static func take(_ object: JSONValue, into fields: inout MessageFields) throws(MalformedJSON) {
        guard var members = object.members else { return }
        while let (name, value) = try members.next() {
            guard fields.wants(name) else { continue }
            let text = try text(value)
            fields.take(name, text)
        }
    }

    /// Returns a string value, or the text of RabbitMQ's form, a list of bytes.
    private static func text(_ value: JSONValue) throws(MalformedJSON) -> String? {
        guard let bytes = try value.member("bytes")?.elements else { return value.shortText }
        return try ByteList.text(bytes)
    }
}
