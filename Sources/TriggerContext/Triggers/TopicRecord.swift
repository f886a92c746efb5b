internal import WireText

/// An SNS message (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html); each message invokes the function
/// separately.
enum TopicRecord: RecordReader {
    static let isBatch = false

    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var notification: JSONReader?
        while let (name, value) = try members.nextMember() {
            if name.equals("Sns") { notification = notification ?? value.members }
        }
        guard var notification else { return }
        var message: JSONText?
        while let (name, value) = try notification.nextMember() {
            if name.equals("MessageId") {
                found.id = found.id ?? value.text
            } else if name.equals("TopicArn") {
                found.arn = found.arn ?? value.string
            } else if name.equals("Message") {
                message = message ?? value.string
            } else if name.equals("MessageAttributes") {
                try MessageAttributes.read(value, valueName: "Value", into: &found.hints)
            }
        }
        messages.read(message, into: &found.hints)
    }
}
