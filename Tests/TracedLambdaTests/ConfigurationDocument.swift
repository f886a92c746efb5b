import Foundation
import Testing

/// The tables of `docs/configuration.md`.
struct ConfigurationDocument {
    /// The lines of the table, the header included.
    let lines: [String]
    /// The rows of the table; each has as many cells as the header.
    let rows: [[String]]

    /// Finds the table whose first column has the given title.
    init(table title: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(
            lines.firstIndex { Self.cells($0).first == title },
            "no table with the column \(title)"
        )
        let width = Self.cells(lines[start]).count
        var rows: [[String]] = []
        for line in lines[(start + 2)...] {
            guard line.hasPrefix("|") else { break }
            let cells = Self.cells(line)
            try #require(cells.count == width, "\(line)")
            rows.append(cells)
        }
        self.rows = rows
        self.lines = Array(lines[start..<(start + 2 + rows.count)])
    }

    /// The repository's `Sources`.
    static var sources: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
    }

    private static func cells(_ line: String) -> [String] {
        guard line.hasPrefix("|"), line.hasSuffix("|") else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

extension String {
    /// The text between backticks, if there is nothing else.
    var code: String? {
        guard count > 2, hasPrefix("`"), hasSuffix("`"), !dropFirst().dropLast().contains("`") else { return nil }
        return String(dropFirst().dropLast())
    }
}
