/// The port of the local Lambda.
enum LocalPort {
    /// The default port.
    static let standard = 9_000
    /// The allowed ports.
    static let range = 0...65_535
}
