internal import WireText

/// A message of ActiveMQ or RabbitMQ: the content in base64, the fields in `properties` or in
/// `basicProperties.headers`.
enum BrokerMessage: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var fields = MessageFields()
        var content: JSONText?
        while let (name, value) = try members.nextMember() {
            if name.equals("messageID") {
                found.id = found.id ?? value.text
            } else if name.equals("destination"), found.destination == nil {
                found.destination = try value.member("physicalName")?.text
            } else if name.equals("data") {
                content = content ?? value.string
            } else if name.equals("properties") {
                try take(value, into: &fields)
            } else if name.equals("basicProperties") {
                let id = try value.member("messageId")?.text
                found.id = found.id ?? id
                if let headers = try value.member("headers") { try take(headers, into: &fields) }
            }
        }
        fields.write(to: &found.hints)
        messages.read(content, as: .base64, into: &found.hints)
    }

    private static func take(_ object: JSONValue, into fields: inout MessageFields) throws(MalformedJSON) {
        guard var members = object.members else { return }
        while let (name, value) = try members.nextMember() {
            guard fields.wants(name) else { continue }
            let text = try text(value)
            fields.take(name, text)
        }
    }

    /// Returns a string value, or the text of RabbitMQ's form, a list of bytes.
    private static func text(_ value: JSONValue) throws(MalformedJSON) -> String? {
        guard let bytes = try value.member("bytes")?.elements else { return value.text }
        return try ByteList.text(bytes)
    }
}
