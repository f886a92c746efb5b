/// The port of the local Lambda.
enum LocalPort {
    /// Where it is unless it is told otherwise.
    static let standard = 9_000
    /// What can be told.
    static let range = 0...65_535
}
