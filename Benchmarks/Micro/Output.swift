/// Prints one line per measured part.
enum Output {
    static func line(_ name: String, unit: String, _ samples: [Double]) {
        print("\(name)\t\(unit)\t\(samples.map { "\($0)" }.joined(separator: " "))")
    }
}

/// Prevents the optimizer from removing the computation of an unused value.
@inline(never)
func consume<Value>(_ value: Value) {}
