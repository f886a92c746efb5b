/// Measures invocations with 1 to 10,000 spans in addition to the root, delivered before the response.
enum SpanRows: RowGroup {
    static let name = "spans"

    static let counts = [1, 10, 100, 1_000, 10_000]
    static let eachSpan = "each of 10,000 spans, wall"
    /// The maximum span count for the reference, which takes a millisecond per span.
    private static let maximumSlowCount = 100

    static func row(_ count: Int) -> String {
        "\(Number.text(Double(count), places: 0)) \(count == 1 ? "span" : "spans"), delivered, wall"
    }

    static func measure(in site: Site) throws -> [Row] {
        let subjects = site.subjects.filter { ![.floor, .delivering].contains($0.name) }
        let functions = try subjects.map { ($0, try Function($0, in: site)) }
        for (_, function) in functions { _ = try function.start() }
        var rows: [Row] = []
        for count in counts { rows.append(try measure(count, with: functions, in: site)) }
        var each = Row(name: eachSpan, unit: "µs")
        if let most = rows.last?[.ours]?.median, let few = rows.first?[.ours]?.median {
            each[.ours] = Summary((most - few) * 1_000 / 10_000)
        }
        return rows + [each]
    }

    private static func measure(_ count: Int, with functions: [(Subject, Function)], in site: Site) throws -> Row {
        let event = Events.making(spans: count)
        let taking = functions.filter { !$0.0.isSlow || count <= maximumSlowCount }
        for (subject, function) in taking {
            for _ in 0..<(subject.isSlow ? 1 : 3) { try function.takeTurn { _ = try function.invoke(event) } }
            _ = function.sink.takeSpanCount()
        }
        // Each count gets the same time: fewer invocations if one has more spans.
        let turns = site.count(max(15, min(200, 20_000 / count)), quick: max(5, min(60, 5_000 / count)))
        var walls: [Subject.Name: [Double]] = [:]
        for turn in 0..<turns {
            for (subject, function) in taking where !subject.isSlow || turn % (turns / 5) == 0 {
                try function.takeTurn {
                    walls[subject.name, default: []].append(try function.invoke(event).wall.milliseconds)
                }
                guard subject.name == .ours else { continue }
                let delivered = function.sink.takeSpanCount()
                guard delivered == count + 1 else { throw BenchError("\(delivered) of \(count + 1) spans delivered") }
            }
        }
        return Row(name: row(count), unit: "ms", summaries: walls)
    }
}
