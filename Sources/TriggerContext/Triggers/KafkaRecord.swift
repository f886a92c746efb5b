/// A record of a Kafka topic: the value in base64, the headers as lists of bytes.
enum KafkaRecord: RecordReader {
    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        var partition: String?
        var offset: String?
        var content: JSONString?
        var members = record.members
        while let (name, value) = try members.next() {
            if name.isAny(of: ["topic"]) {
                found.destination = found.destination ?? value.shortText
            } else if name.isAny(of: ["partition"]) {
                partition = partition ?? value.number
            } else if name.isAny(of: ["offset"]) {
                offset = offset ?? value.number
            } else if name.isAny(of: ["value"]) {
                content = content ?? value.string
            } else if name.isAny(of: ["headers"]), value.kind == .array {
                try readHeaders(value, into: &found.caller)
            }
        }
        if let topic = found.destination, let partition, let offset { found.id = "\(topic)-\(partition)-\(offset)" }
        MessageDocument.read(content?.base64Document(), into: &found.caller, path: path)
        return found
    }

    /// Headers of one record beyond this count are not looked at.
    static let maximumHeaderCount = 1_024

    /// A list of objects, each with one header: its name, and its value's bytes.
    private static func readHeaders(_ headers: JSONValue, into caller: inout Caller) throws(MalformedJSON) {
        var fields = MessageFields()
        var elements = headers.elements
        var count = 0
        while let header = try elements.next() {
            count += 1
            guard count <= maximumHeaderCount, header.kind == .object else { continue }
            var members = header.members
            while let (name, value) = try members.next() {
                guard fields.wants(name), value.kind == .array else { continue }
                let text = try ByteList.text(value)
                fields.take(name, text)
            }
        }
        fields.write(to: &caller)
    }
}

/// A text that is written as a list of its bytes' numbers.
enum ByteList {
    /// - Returns: Nil when the list is too long, or holds anything but bytes, signed or not.
    static func text(_ list: JSONValue) throws(MalformedJSON) -> String? {
        var bytes: [UInt8] = []
        var elements = list.elements
        while let element = try elements.next() {
            guard bytes.count < JSONString.maximumCopiedBytes, let number = element.integer,
                (-128...255).contains(number)
            else { return nil }
            // Java's bytes have signs.
            bytes.append(UInt8(truncatingIfNeeded: number))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
