/// A record of a Kafka topic: the value in base64, the headers as lists of bytes.
enum KafkaRecord: RecordReader {
    static func read(
        _ members: inout JSONMembers,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var partition: String?
        var offset: String?
        var content: JSONString?
        while let (name, value) = try members.next() {
            if name.isNamed("topic") {
                found.destination = found.destination ?? value.shortText
            } else if name.isNamed("partition") {
                partition = partition ?? value.number
            } else if name.isNamed("offset") {
                offset = offset ?? value.number
            } else if name.isNamed("value") {
                content = content ?? value.string
            } else if name.isNamed("headers"), let headers = value.elements {
                try readHeaders(headers, into: &found.hints)
            }
        }
        if let topic = found.destination, let partition, let offset { found.id = "\(topic)-\(partition)-\(offset)" }
        messages.read(content, as: .base64, into: &found.hints)
    }

    /// The maximum number of headers of one record that are read.
    static let maximumHeaderCount = 1_024

    /// Reads the headers: a list of objects with one header each, the name with a list of the value's bytes.
    private static func readHeaders(_ headers: JSONElements, into hints: inout CallerHints) throws(MalformedJSON) {
        var fields = MessageFields()
        var elements = headers
        var count = 0
        while let header = try elements.next() {
            count += 1
            guard count <= maximumHeaderCount, var members = header.members else { continue }
            while let (name, value) = try members.next() {
                guard fields.wants(name), let bytes = value.elements else { continue }
                let text = try ByteList.text(bytes)
                fields.take(name, text)
            }
        }
        fields.write(to: &hints)
    }
}

/// A string represented as a list of its bytes.
enum ByteList {
    /// Returns the string; nil if the list is too long or contains anything but bytes, signed or unsigned.
    static func text(_ list: JSONElements) throws(MalformedJSON) -> String? {
        var bytes: [UInt8] = []
        var elements = list
        while let element = try elements.next() {
            guard bytes.count < JSONString.maximumCopiedBytes, let number = element.integer,
                (-128...255).contains(number)
            else { return nil }
            // Java's bytes are signed.
            bytes.append(UInt8(truncatingIfNeeded: number))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
