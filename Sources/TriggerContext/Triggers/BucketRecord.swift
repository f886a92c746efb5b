internal import WireText

/// A change in an S3 bucket; it contains no context of its originator.
enum BucketRecord: RecordReader {
    static let isBatch = false
    static let hasContext = false

    static func read(
        _ members: inout JSONReader,
        _ messages: inout MessageReader,
        into found: inout FoundRecord
    ) throws(MalformedJSON) {
        while let (name, value) = try members.nextMember() {
            guard name.equals("s3"), found.destination == nil, let bucket = try value.member("bucket") else {
                continue
            }
            found.destination = try bucket.member("name")?.text
        }
    }
}
