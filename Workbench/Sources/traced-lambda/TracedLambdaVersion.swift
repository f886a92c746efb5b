/// The version of the workbench, equal to that in `Sources/TracedLambda/TracedLambdaVersion.swift`.
enum TracedLambdaVersion {
    static let current = "0.1.0"
}
