/// An SQS message (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
enum QueueRecord: RecordReader {
    static func read(
        _ members: inout JSONMembers,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var body: JSONString?
        while let (name, value) = try members.next() {
            if name.isNamed("messageId") {
                found.id = found.id ?? value.shortText
            } else if name.isNamed("eventSourceARN") {
                found.arn = found.arn ?? value.string
            } else if name.isNamed("body") {
                body = body ?? value.string
            } else if name.isNamed("messageAttributes") {
                try MessageAttributes.read(value, valueName: "stringValue", into: &found.hints)
            } else if name.isNamed("attributes"), found.hints.xrayTraceHeader == nil {
                found.hints.xrayTraceHeader = try value.member("AWSTraceHeader", before: &members)?.shortText
            }
        }
        messages.read(body, into: &found.hints)
    }
}
