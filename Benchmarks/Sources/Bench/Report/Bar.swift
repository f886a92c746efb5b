/// A limit for a measured value.
struct Bar {
    let name: String
    let limit: Double
    var isLowest = false
    let unit: String
    /// Computes the value from one statistic of the summaries; nil if the rows were not measured.
    let measure: (_ rows: [Row], _ value: KeyPath<Summary, Double>) -> Double?

    struct Verdict: Encodable {
        let bar: String
        let limit: Double
        let measured: Double
        /// The value computed from the minimum times, which other load on the machine does not affect; for information
        /// only.
        let ofMinimums: Double
        let isMet: Bool
        let line: String
    }

    func verdict(on rows: [Row]) -> Verdict? {
        guard let measured = measure(rows, \.median), let ofMinimums = measure(rows, \.minimum) else { return nil }
        let isMet = isLowest ? measured >= limit : measured <= limit
        let minimums = ofMinimums == measured ? "" : "; of minimums \(Number.text(ofMinimums))\(unit)"
        let line =
            "\(isMet ? "met   " : "MISSED")  \(name): \(Number.text(measured))\(unit), "
            + "bar \(isLowest ? "≥" : "≤") \(Number.text(limit))\(unit)\(minimums)"
        return Verdict(
            bar: name,
            limit: limit,
            measured: measured,
            ofMinimums: ofMinimums,
            isMet: isMet,
            line: line
        )
    }
}

extension Bar {
    /// Creates a bar for the ratio of two columns of a row.
    static func ratio(
        _ name: String,
        row: String,
        _ numerator: Subject.Name,
        _ denominator: Subject.Name,
        limit: Double,
        isLowest: Bool = false
    ) -> Bar {
        let columns = "\(numerator.rawValue) ÷ \(denominator.rawValue)"
        return Bar(name: "\(name), \(columns)", limit: limit, isLowest: isLowest, unit: "") { rows, value in
            rows.first { $0.name == row }?.ratio(numerator, denominator, of: value)
        }
    }

    /// Creates a bar for our column of a row.
    static func value(_ name: String, row: String, limit: Double, unit: String) -> Bar {
        Bar(name: name, limit: limit, unit: unit.isEmpty ? "" : " \(unit)") { rows, value in
            rows.first { $0.name == row }?[.ours]?[keyPath: value]
        }
    }
}
