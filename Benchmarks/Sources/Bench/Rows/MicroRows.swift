/// Measures the parts of the span path with Benchmarks/Micro, in a separate process.
enum MicroRows: RowGroup {
    static let name = "micro"

    static let span = "span"
    static let scanShare = "scan-6-MB ÷ JSONDecoder-6-MB"
    static let linearity = "span-of-100000 ÷ span-of-1000"
    static let textGrowth = "byte-of-16000000 ÷ byte-of-1000"

    static func measure(in site: Site) throws -> [Row] {
        let output = "\(site.directory)/micro.tsv"
        let process = try ChildProcess([site.microBenchmarks], environment: [:], log: output)
        guard process.wait() == 0 else { throw BenchError("\(site.microBenchmarks) failed: \(process.lastWords)") }
        var rows = try File.text(output).split(separator: "\n").map { line in
            let fields = line.split(separator: "\t")
            guard fields.count == 3 else { throw BenchError("\(output): '\(line)'") }
            let samples = fields[2].split(separator: " ").compactMap { Double($0) }
            return Row(name: String(fields[0]), unit: String(fields[1]), summaries: [.ours: samples])
        }
        rows.append(share(scanShare, of: "scan-6-MB", in: "JSONDecoder-6-MB", rows, percent: true))
        rows.append(share(linearity, of: "span-of-100000", in: "span-of-1000", rows, percent: false))
        rows.append(share(textGrowth, of: "byte-of-16000000", in: "byte-of-1000", rows, percent: false))
        return rows
    }

    private static func share(_ name: String, of above: String, in below: String, _ rows: [Row], percent: Bool) -> Row {
        func least(_ name: String) -> Double { rows.first { $0.name == name }?[.ours]?.minimum ?? .nan }
        // Uses the minimum times, which other processes do not affect.
        let share = least(above) / least(below)
        return Row(name: name, unit: percent ? "%" : "", summaries: [.ours: [percent ? share * 100 : share]])
    }
}
