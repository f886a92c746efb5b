/// A measured program; every row has a column for it.
struct Subject {
    enum Name: String, CaseIterable {
        case floor
        /// The floor that posts constant bytes to the collector before each response: the minimum cost of delivered
        /// spans.
        case delivering = "floor that delivers"
        case ours
        case untraced
        case reference
    }

    let name: Name
    let command: [String]
    var environment: [String: String] = [:]
    /// True for the reference, which takes a hundred times as long as the others and therefore gets fewer turns.
    var isSlow: Bool { name == .reference }

    func with(_ settings: [String: String]) -> Subject {
        Subject(name: name, command: command, environment: environment.merging(settings) { $1 })
    }
}
