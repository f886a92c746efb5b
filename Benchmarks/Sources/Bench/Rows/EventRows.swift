/// Measures small events, large ones, and the largest that Lambda allows; the response has the size of the event.
enum EventRows: RowGroup {
    static let name = "events"

    private static let sizes = [("1 KB", 1_000), ("100 KB", 100_000), ("6 MB", 6_000_000)]

    static func measure(in site: Site) throws -> [Row] {
        let functions = try site.subjects.map { ($0, try Function($0, in: site)) }
        for (_, function) in functions { _ = try function.start() }
        return try sizes.map { name, bytes in
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
    }
}
