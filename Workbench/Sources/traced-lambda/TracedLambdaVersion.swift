/// The version of this framework, used in headers and on spans.
enum TracedLambdaVersion {
    static let current = "0.1.0"
}
