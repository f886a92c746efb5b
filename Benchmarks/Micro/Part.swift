/// Something that a function does many times.
protocol Part {
    var name: String { get }
    /// So many that reading the clock costs nothing beside them.
    var batchCount: Int { get }

    func run(_ count: Int) async
}
