/// Statistics of many measurements.
struct Summary: Encodable {
    let median: Double
    let p99: Double
    let minimum: Double
    let count: Int

    init(_ values: [Double]) {
        let sorted = values.sorted()
        count = sorted.count
        minimum = sorted.first ?? .nan
        median = sorted.isEmpty ? .nan : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
        p99 = sorted.isEmpty ? .nan : sorted[min(count - 1, Int((Double(count) * 0.99).rounded(.up)) - 1)]
    }

    init(_ value: Double) { self.init([value]) }
}
