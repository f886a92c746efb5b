/// A message of ActiveMQ or RabbitMQ: the content in base64, the fields in `properties` or in `basicProperties.headers`.
enum BrokerMessage: RecordReader {
    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        var fields = MessageFields()
        var content: JSONString?
        var members = record.members
        while let (name, value) = try members.next() {
            if name.isAny(of: ["messageID"]) {
                found.id = found.id ?? value.shortText
            } else if name.isAny(of: ["destination"]), value.kind == .object {
                found.destination = try value.member("physicalName")?.shortText
            } else if name.isAny(of: ["data"]) {
                content = content ?? value.string
            } else if name.isAny(of: ["properties"]) {
                try take(value, into: &fields)
            } else if name.isAny(of: ["basicProperties"]), value.kind == .object {
                let id = try value.member("messageId")?.shortText
                found.id = found.id ?? id
                if let headers = try value.member("headers") { try take(headers, into: &fields) }
            }
        }
        fields.write(to: &found.caller)
        MessageDocument.read(content?.base64Document(), into: &found.caller, path: path)
        return found
    }

    private static func take(_ object: JSONValue, into fields: inout MessageFields) throws(MalformedJSON) {
        guard object.kind == .object else { return }
        var members = object.members
        while let (name, value) = try members.next() {
            guard fields.wants(name) else { continue }
            let text = try text(value)
            fields.take(name, text)
        }
    }

    /// A text, or RabbitMQ's form of one: its bytes.
    private static func text(_ value: JSONValue) throws(MalformedJSON) -> String? {
        guard value.kind == .object, let bytes = try value.member("bytes"), bytes.kind == .array else {
            return value.shortText
        }
        return try ByteList.text(bytes)
    }
}
