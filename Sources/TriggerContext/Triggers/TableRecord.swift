/// A change of a DynamoDB table (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
enum TableRecord: RecordReader {
    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        found.id = try record.member("eventID")?.shortText
        found.arn = try record.member("eventSourceARN")?.string
        guard let change = try record.member("dynamodb"), change.kind == .object,
            let image = try change.member("NewImage"), image.kind == .object
        else { return found }
        found.caller.take(try Payload(image, form: .attributeMap))
        return found
    }

    /// `table/NAME/stream/TIME`.
    static func destination(ofARN arn: String?) -> String? {
        let parts = resource(ofARN: arn)?.split(separator: "/") ?? []
        return parts.count >= 2 ? String(parts[1]) : nil
    }
}
