/// A change in an S3 bucket, which says nothing of who made it.
enum BucketRecord: RecordReader {
    static let isBatch = false
    static let hasContext = false

    static func read(_ record: JSONValue, path: SessionPath?) throws(MalformedJSON) -> FoundRecord {
        var found = FoundRecord()
        guard let s3 = try record.member("s3"), s3.kind == .object, let bucket = try s3.member("bucket"),
            bucket.kind == .object
        else { return found }
        found.destination = try bucket.member("name")?.shortText
        return found
    }
}
