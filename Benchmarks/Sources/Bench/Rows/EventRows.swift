/// Measures small events, large ones, and the largest that Lambda allows; the response has the size of the event.
enum EventRows: RowGroup {
    static let name = "events"

    private static let sizes = [("1 KB", 1_000), ("100 KB", 100_000), ("1 MB", 1_000_000), ("6 MB", 6_000_000)]
    static let growth = "wall per byte, 6 MB ÷ 1 MB"

    static func measure(in site: Site) throws -> [Row] {
        let functions = try site.subjects.map { ($0, try Function($0, in: site)) }
        for (_, function) in functions { _ = try function.start() }
        var rows = try sizes.map { name, bytes in
            let event = Events.padded(to: bytes)
            for (_, function) in functions { try function.takeTurn { _ = try function.invoke(event) } }
            let turns = bytes > 1_000_000 ? site.count(15, quick: 5) : site.count(150, quick: 40)
            var walls: [Subject.Name: [Double]] = [:]
            for turn in 0..<turns {
                for (subject, function) in functions where !subject.isSlow || turn % (turns / 5) == 0 {
                    try function.takeTurn {
                        walls[subject.name, default: []].append(try function.invoke(event).wall.milliseconds)
                    }
                }
            }
            return Row(name: "event of \(name), wall", unit: "ms", summaries: walls)
        }
        let perByte = zip(rows, sizes).suffix(2).compactMap { row, size in row[.ours].map { $0.median / Double(size.1) }
        }
        var growth = Row(name: growth, unit: "")
        if perByte.count == 2 { growth[.ours] = Summary(perByte[1] / perByte[0]) }
        rows.append(growth)
        return rows
    }
}
