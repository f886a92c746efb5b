import Glibc

/// Measures a traced function, an untraced one in C and the reference in one run.
@main
enum Bench {
    private static var groups: [any RowGroup.Type] {
        [
            ColdRows.self, WarmRows.self, SizeRows.self, SpanRows.self, TraceRows.self, EventRows.self,
            LatencyRows.self, ShareRows.self, WorkerRows.self, CallRows.self, MemoryRows.self, MicroRows.self,
            InstructionRows.self,
        ]
    }

    static func main() {
        // Writing to a function that has ended must be an error and not end this process.
        signal(SIGPIPE, SIG_IGN)
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            exit(try run(options) ? 0 : 1)
        } catch {
            say("bench: \(error)")
            exit(1)
        }
    }

    /// Prints without buffering, even if the output is not a terminal.
    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// Runs the row groups and prints the report.
    ///
    /// - Parameter options: The command-line options.
    /// - Returns: False if a bar is not met and `--strict` is given.
    /// - Throws: ``BenchError`` if a measurement fails.
    private static func run(_ options: Options) throws -> Bool {
        let names = groups.map { $0.name }
        if let unknown = options.groups.subtracting(names).first {
            throw BenchError("no rows are called '\(unknown)'; there are: \(names.joined(separator: ", "))")
        }
        let site = try Site(options)
        var rows: [Row] = []
        for group in groups where options.groups.isEmpty || options.groups.contains(group.name) {
            let start = Clock.now
            say("    \(group.name) …")
            rows += try group.measure(in: site)
            say("    \(group.name): \(Number.text((Clock.now - start).milliseconds / 1_000)) s")
        }
        let report = Report(rows: rows, isQuick: options.isQuick, machine: try Machine.description)
        say("\n\(report.text)")
        try File.write(report.text, to: "\(site.directory)/report.md")
        try File.write(try report.json, to: options.json ?? "\(site.directory)/report.json")
        return report.isMet || !options.isStrict
    }
}
