/// What a row has to reach.
struct Bar {
    let name: String
    let limit: Double
    var isLowest = false
    let unit: String
    /// Medians, or another value of the summaries; nothing when the rows were not measured.
    let measure: (_ rows: [Row], _ value: KeyPath<Summary, Double>) -> Double?

    struct Verdict: Encodable {
        let bar: String
        let limit: Double
        let measured: Double
        /// The same of the shortest times, which other work on the machine has not stretched: it decides nothing.
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
    /// Two columns of one row.
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

    /// One row's column.
    static func value(_ name: String, row: String, limit: Double, unit: String) -> Bar {
        Bar(name: name, limit: limit, unit: unit.isEmpty ? "" : " \(unit)") { rows, value in
            rows.first { $0.name == row }?[.ours]?[keyPath: value]
        }
    }
}
