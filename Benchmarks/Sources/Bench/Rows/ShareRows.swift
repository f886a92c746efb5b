/// Measures functions with a share of one core, as Lambda grants it by memory.
///
/// 128 MB have about 7 %, 1,769 MB have one core. Without a control group of processor time there are no rows.
enum ShareRows: RowGroup {
    static let name = "shares"

    /// Shares of one core in percent, with the memory of such a function.
    private static let shares = [(7, "128 MB"), (15, "256 MB"), (100, "1,769 MB")]
    private static let warmUpCount = 5

    static func measure(in site: Site) throws -> [Row] {
        try shares.flatMap { percent, memory -> [Row] in
            guard let share = ProcessorShare(percent: percent) else { return [] }
            let place = "\(percent) % of a core (\(memory))"
            var first: [Subject.Name: [Double]] = [:]
            var small: [Subject.Name: [Double]] = [:]
            var large: [Subject.Name: [Double]] = [:]
            let size = TraceRows.small
            let event = Events.making(spans: size.spanCount, textBytes: size.textKilobytes * 1_000)
            for _ in 0..<site.count(5, quick: 2) {
                for name in [Subject.Name.floor, .delivering, .ours, .untraced] {
                    let function = try Function(try site.subject(name), in: site, share: share)
                    _ = try function.start()
                    first[name, default: []].append(try function.invoke(Events.small).wall.milliseconds)
                    for _ in 0..<warmUpCount { _ = try function.invoke(Events.small) }
                    for _ in 0..<site.count(20, quick: 8) {
                        small[name, default: []].append(try function.invoke(Events.small).wall.milliseconds)
                    }
                    guard [.ours, .untraced].contains(name) else { continue }
                    for _ in 0..<site.count(5, quick: 2) {
                        large[name, default: []].append(try function.invoke(event).wall.milliseconds)
                    }
                }
            }
            return [
                Row(name: "first invocation, \(place), wall", unit: "ms", summaries: first),
                Row(name: "warm invocation, \(place), wall", unit: "ms", summaries: small),
                Row(name: "\(size.name), \(place), wall", unit: "ms", summaries: large),
            ]
        }
    }
}
