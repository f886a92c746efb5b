internal import WireText

/// A record of a Kinesis stream (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
enum StreamRecord: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var data: JSONText?
        while let (name, value) = try members.nextMember() {
            if name.equals("eventSourceARN") {
                found.arn = found.arn ?? value.string
            } else if name.equals("kinesis"), data == nil {
                found.id = try value.member("sequenceNumber")?.text
                data = try value.member("data")?.string
            }
        }
        messages.read(data, as: .base64, into: &found.hints)
    }

    /// Returns the name of `stream/NAME`, which may be followed by a consumer.
    static func destination(ofARN arn: String?) -> String? {
        let parts = resource(ofARN: arn)?.split(separator: "/") ?? []
        return parts.count >= 2 ? String(parts[1]) : nil
    }
}
