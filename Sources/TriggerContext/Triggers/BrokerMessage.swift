internal import WireText

/// A message of ActiveMQ or RabbitMQ: the content in base64, the fields in `properties` or in
/// `basicProperties.headers`.
enum BrokerMessage: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var fields = MessageFields(form: .bytesObject)
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
            try fields.take(name, value)
        }
    }
}
