internal import WireText

/// A change of a DynamoDB table (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
enum TableRecord: RecordReader {
    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        while let (name, value) = try members.nextMember() {
            if name.equals("eventID") {
                found.id = found.id ?? value.text
            } else if name.equals("eventSourceARN") {
                found.arn = found.arn ?? value.string
            } else if name.equals("dynamodb"), let image = try value.member("NewImage")?.members {
                found.hints.take(try PayloadHints(image, form: .attributeMap))
            }
        }
    }

    /// Returns the name of `table/NAME/stream/TIME`.
    static func destination(ofARN arn: String?) -> String? {
        let parts = resource(ofARN: arn)?.split(separator: "/") ?? []
        return parts.count >= 2 ? String(parts[1]) : nil
    }
}
