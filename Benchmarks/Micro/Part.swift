/// An operation that a function performs many times.
protocol Part {
    var name: String { get }
    /// The number of runs per clock reading, large enough to make the reading's cost negligible.
    var batchCount: Int { get }

    func run(_ count: Int) async
}
