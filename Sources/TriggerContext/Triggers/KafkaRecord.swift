internal import WireText

/// A record of a Kafka topic: the value in base64, the headers as lists of bytes.
enum KafkaRecord: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var partition: String?
        var offset: String?
        var content: JSONText?
        while let (name, value) = try members.nextMember() {
            if name.equals("topic") {
                found.destination = found.destination ?? value.text
            } else if name.equals("partition") {
                partition = partition ?? value.number
            } else if name.equals("offset") {
                offset = offset ?? value.number
            } else if name.equals("value") {
                content = content ?? value.string
            } else if name.equals("headers"), let headers = value.elements {
                try readHeaders(headers, into: &found.hints)
            }
        }
        if let topic = found.destination, let partition, let offset { found.id = "\(topic)-\(partition)-\(offset)" }
        messages.read(content, as: .base64, into: &found.hints)
    }

    /// The maximum number of headers of one record that are read.
    static let maximumHeaderCount = 1_024

    /// Reads the headers: a list of objects with one header each, the name with a list of the value's bytes.
    private static func readHeaders(_ headers: JSONReader, into hints: inout CallerHints) throws(MalformedJSON) {
        var fields = MessageFields(form: .bytes)
        var elements = headers
        var count = 0
        while let header = try elements.nextElement() {
            count += 1
            guard count <= maximumHeaderCount, var members = header.members else { continue }
            while let (name, value) = try members.nextMember() {
                try fields.take(name, value)
            }
        }
        fields.write(to: &hints)
    }
}

/// A string represented as a list of its bytes.
enum ByteList {
    /// Returns the string; nil if the list is too long or contains anything but bytes, signed or unsigned.
    static func text(_ list: JSONReader) throws(MalformedJSON) -> String? {
        var bytes: [UInt8] = []
        var elements = list
        while let element = try elements.nextElement() {
            guard bytes.count < JSONText.maximumDecodedBytes, let number = element.integer,
                (-128...255).contains(number)
            else { return nil }
            // Java's bytes are signed.
            bytes.append(UInt8(truncatingIfNeeded: number))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
