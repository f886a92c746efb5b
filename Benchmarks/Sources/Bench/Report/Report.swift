import Foundation

/// The results of a run, as text and as JSON.
struct Report: Encodable {
    let machine: String
    let isQuick: Bool
    let rows: [Row]
    let verdicts: [Bar.Verdict]

    init(rows: [Row], isQuick: Bool, machine: String) {
        self.rows = rows
        self.isQuick = isQuick
        self.machine = machine
        verdicts = Bar.all.compactMap { $0.verdict(on: rows) }
    }

    var isMet: Bool { verdicts.allSatisfy(\.isMet) }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf",
                negativeInfinity: "-inf",
                nan: "nan"
            )
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    private static let ratios: [(name: String, above: Subject.Name, below: Subject.Name)] = [
        ("ours ÷ floor", .ours, .floor), ("ours ÷ floor that delivers", .ours, .delivering),
        ("reference ÷ ours", .reference, .ours),
    ]

    /// The report in Markdown that is readable as plain text; the verdicts are an indented code block.
    var text: String {
        let table = Table(
            header: ["", "unit"] + Subject.Name.allCases.map(\.rawValue) + Self.ratios.map(\.name),
            lines: rows.map { row in
                [row.name, row.unit] + Subject.Name.allCases.map { Self.cell(row[$0]) }
                    + Self.ratios.map { Self.ratio(row.ratio($0.above, $0.below)) }
            }
        )
        return """
            \(machine)\(isQuick ? "; a quick run: few measurements" : "")
            Medians, with the 99th percentile in brackets where there are many.

            \(table.text)

            \(verdicts.map { "    " + $0.line }.joined(separator: "\n"))

            """
    }

    private static func cell(_ summary: Summary?) -> String {
        guard let summary else { return "" }
        let median = Number.text(summary.median)
        return summary.count > 1 ? "\(median) (\(Number.text(summary.p99)))" : median
    }

    private static func ratio(_ value: Double?) -> String { value.map(Number.text) ?? "" }
}
