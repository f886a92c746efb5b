/// One line for each thing measured.
enum Output {
    static func line(_ name: String, unit: String, _ samples: [Double]) {
        print("\(name)\t\(unit)\t\(samples.map { "\($0)" }.joined(separator: " "))")
    }
}

/// Keeps the optimizer from leaving out what makes a value that nobody reads.
@inline(never)
func consume<Value>(_ value: Value) {}
