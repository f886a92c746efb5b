/// What a row has to reach.
struct Bar {
    let name: String
    let limit: Double
    var isLowest = false
    let unit: String
    /// Nothing when its rows were not measured.
    let measure: ([Row]) -> Double?

    struct Verdict: Encodable {
        let bar: String
        let limit: Double
        let measured: Double
        let isMet: Bool
        let line: String
    }

    func verdict(on rows: [Row]) -> Verdict? {
        guard let measured = measure(rows) else { return nil }
        let isMet = isLowest ? measured >= limit : measured <= limit
        let line =
            "\(isMet ? "met   " : "MISSED")  \(name): \(Number.text(measured))\(unit), "
            + "bar \(isLowest ? "≥" : "≤") \(Number.text(limit))\(unit)"
        return Verdict(bar: name, limit: limit, measured: measured, isMet: isMet, line: line)
    }
}

extension Bar {
    /// Two columns of one row, medians.
    static func ratio(
        _ name: String,
        row: String,
        _ numerator: Subject.Name,
        _ denominator: Subject.Name,
        limit: Double,
        isLowest: Bool = false
    ) -> Bar {
        Bar(
            name: "\(name), \(numerator.rawValue) ÷ \(denominator.rawValue)",
            limit: limit,
            isLowest: isLowest,
            unit: ""
        ) {
            rows in rows.first { $0.name == row }?.ratio(numerator, denominator)
        }
    }

    /// The median of one row's column.
    static func value(_ name: String, row: String, limit: Double, unit: String) -> Bar {
        Bar(name: name, limit: limit, unit: unit.isEmpty ? "" : " \(unit)") { rows in
            rows.first { $0.name == row }?[.ours]?.median
        }
    }
}
