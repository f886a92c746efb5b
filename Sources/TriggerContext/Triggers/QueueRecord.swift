internal import WireText

/// An SQS message (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
enum QueueRecord: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var body: JSONText?
        while let (name, value) = try members.nextMember() {
            if name.equals("messageId") {
                found.id = found.id ?? value.text
            } else if name.equals("eventSourceARN") {
                found.arn = found.arn ?? value.string
            } else if name.equals("body") {
                body = body ?? value.string
            } else if name.equals("messageAttributes") {
                try MessageAttributes.read(value, valueName: "stringValue", into: &found.hints)
            } else if name.equals("attributes"), found.hints.xrayTraceHeader == nil {
                found.hints.xrayTraceHeader = try value.member("AWSTraceHeader", before: &members)?.text
            }
        }
        messages.read(body, into: &found.hints)
    }
}
