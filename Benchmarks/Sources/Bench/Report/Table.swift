/// A Markdown table with aligned columns.
struct Table {
    let header: [String]
    let lines: [[String]]

    var text: String {
        let widths = header.indices.map { column in ([header] + lines).map { $0[column].count }.max() ?? 0 }
        let rule = widths.enumerated().map {
            String(repeating: "-", count: max(3, $1 - ($0 > 1 ? 1 : 0))) + ($0 > 1 ? ":" : "")
        }
        return ([header, rule] + lines).map { cells in
            "| "
                + zip(cells, widths).enumerated().map { column, cell in
                    let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                    return column > 1 ? padding + cell.0 : cell.0 + padding
                }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }
}
