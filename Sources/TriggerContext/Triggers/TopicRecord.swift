/// An SNS message (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html); each message invokes the function
/// separately.
enum TopicRecord: RecordReader {
    static let isBatch = false

    static func read(
        _ members: inout JSONMembers,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        var notification: JSONMembers?
        while let (name, value) = try members.next() {
            if name.isNamed("Sns") { notification = notification ?? value.members }
        }
        guard var notification else { return }
        var message: JSONString?
        while let (name, value) = try notification.next() {
            if name.isNamed("MessageId") {
                found.id = found.id ?? value.shortText
            } else if name.isNamed("TopicArn") {
                found.arn = found.arn ?? value.string
            } else if name.isNamed("Message") {
                message = message ?? value.string
            } else if name.isNamed("MessageAttributes") {
                try MessageAttributes.read(value, valueName: "Value", into: &found.hints)
            }
        }
        messages.read(message, into: &found.hints)
    }
}
