/// A record of a Kinesis stream (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
enum StreamRecord: RecordReader {
    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        found.arn = try record.member("eventSourceARN")?.string
        guard let kinesis = try record.member("kinesis"), kinesis.kind == .object else { return found }
        found.id = try kinesis.member("sequenceNumber")?.shortText
        let data = try kinesis.member("data")?.string
        MessageDocument.read(data?.base64Document(), into: &found.caller, path: path)
        return found
    }

    /// `stream/NAME`, perhaps with a consumer behind it.
    static func destination(ofARN arn: String?) -> String? {
        let parts = resource(ofARN: arn)?.split(separator: "/") ?? []
        return parts.count >= 2 ? String(parts[1]) : nil
    }
}
