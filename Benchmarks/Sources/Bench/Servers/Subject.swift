/// A program that is measured: what every row has a column for.
struct Subject {
    enum Name: String, CaseIterable {
        case floor
        /// The floor that posts fixed bytes to the collector before each answer: the least that delivered spans can cost.
        case delivering = "floor that delivers"
        case ours
        case untraced
        case reference
    }

    let name: Name
    let command: [String]
    var environment: [String: String] = [:]
    /// The reference takes a hundred times as long as the others, and so gets fewer turns.
    var isSlow: Bool { name == .reference }

    func with(_ settings: [String: String]) -> Subject {
        Subject(name: name, command: command, environment: environment.merging(settings) { $1 })
    }
}
