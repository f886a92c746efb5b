/// This framework's own version, as it stands in headers and on spans.
enum TracedLambdaVersion {
    static let current = "0.1.0"
}
