/// Measures a function's resident memory as its invocations accumulate.
enum MemoryRows: RowGroup {
    static let name = "memory"

    static let few = 1_000
    static let many = 10_000
    static let growth = "growth from 1,000 to 10,000 invocations"

    static func row(_ count: Int) -> String { "resident after \(Number.text(Double(count), places: 0)) invocations" }

    static func measure(in site: Site) throws -> [Row] {
        let subjects = site.subjects.filter { site.isQuick ? $0.name == .ours : !$0.isSlow }
        var rows = [few, many].map { Row(name: row($0), unit: "MB") }
        var growth = Row(name: growth, unit: "KB")
        for subject in subjects {
            let function = try Function(subject, in: site)
            _ = try function.start()
            var resident: [Double] = []
            for invocation in 1...many {
                _ = try function.invoke(Events.small)
                if invocation == few || invocation == many { resident.append(Double(try function.residentBytes())) }
                if invocation % few == 0 { function.forgetSoFar() }
            }
            for index in rows.indices { rows[index][subject.name] = Summary(resident[index] / 1e6) }
            growth[subject.name] = Summary((resident[1] - resident[0]) / 1e3)
        }
        return rows + [growth]
    }
}
