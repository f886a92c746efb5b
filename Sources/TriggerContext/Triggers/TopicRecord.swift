/// A message of SNS (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html); each invokes the function by itself.
enum TopicRecord: RecordReader {
    static let isBatch = false

    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        guard let notification = try record.member("Sns"), notification.kind == .object else { return found }
        var message: JSONString?
        var members = notification.members
        while let (name, value) = try members.next() {
            if name.isAny(of: ["MessageId"]) {
                found.id = found.id ?? value.shortText
            } else if name.isAny(of: ["TopicArn"]) {
                found.arn = found.arn ?? value.string
            } else if name.isAny(of: ["Message"]) {
                message = message ?? value.string
            } else if name.isAny(of: ["MessageAttributes"]) {
                try MessageAttributes.read(value, valueName: "Value", into: &found.caller)
            }
        }
        MessageDocument.read(message?.document(), into: &found.caller, path: path)
        return found
    }
}
