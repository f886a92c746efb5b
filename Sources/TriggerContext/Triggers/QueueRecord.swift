/// A message of SQS (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
enum QueueRecord: RecordReader {
    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        var body: JSONString?
        var members = record.members
        while let (name, value) = try members.next() {
            if name.isAny(of: ["messageId"]) {
                found.id = found.id ?? value.shortText
            } else if name.isAny(of: ["eventSourceARN"]) {
                found.arn = found.arn ?? value.string
            } else if name.isAny(of: ["body"]) {
                body = body ?? value.string
            } else if name.isAny(of: ["messageAttributes"]) {
                try MessageAttributes.read(value, valueName: "stringValue", into: &found.caller)
            } else if name.isAny(of: ["attributes"]), value.kind == .object {
                found.caller.xrayTraceHeader = try value.member("AWSTraceHeader")?.shortText
            }
        }
        MessageDocument.read(body?.document(), into: &found.caller, path: path)
        return found
    }
}
