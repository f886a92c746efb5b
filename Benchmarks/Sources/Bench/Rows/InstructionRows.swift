/// Counts instructions with valgrind's callgrind: the counts of the end-to-end tests, which also check their ceilings.
enum InstructionRows: RowGroup {
    static let name = "instructions"

    static func measure(in site: Site) throws -> [Row] {
        try count(["bench", try site.subject(.floor).command[0], site.microBenchmarks], in: site)
    }

    /// Runs one of the reports of Tests/EndToEnd/support/instruction_report.py.
    ///
    /// - Parameters:
    ///   - arguments: The report's name and its arguments.
    ///   - site: The data of the run.
    /// - Returns: A row for each name in the report.
    /// - Throws: ``BenchError`` if the report fails.
    static func count(_ arguments: [String], in site: Site) throws -> [Row] {
        let output = "\(site.directory)/instructions.tsv"
        let process = try ChildProcess(
            [site.python, "-m", "support.instruction_report"] + arguments,
            environment: [
                "PYTHONPATH": "\(site.root)/Tests/EndToEnd", "PYTHONDONTWRITEBYTECODE": "1", "PATH": site.path,
            ],
            log: output
        )
        guard process.wait() == 0 else { throw BenchError("counting instructions failed: \(process.lastWords)") }
        var rows: [Row] = []
        for line in try File.text(output).split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            guard fields.count == 3, let count = Double(fields[2]) else { throw BenchError("\(output): '\(line)'") }
            let name = "instructions: \(fields[0])"
            if rows.last?.name != name { rows.append(Row(name: name, unit: "")) }
            rows[rows.count - 1].values[fields[1]] = Summary(count)
        }
        return rows
    }
}
