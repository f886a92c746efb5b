/// Measures a function's HTTP calls beside the same calls in C, on the same libcurl, to a server of its own.
enum CallRows: RowGroup {
    static let name = "calls"

    static let processorTime = "HTTP call on a warm connection, CPU"
    static let rate = "HTTP calls, 64 at once"
    static let event = "server-sent event, one every 200 µs, CPU"
    private static let parallelProcessorTime = "HTTP calls, 64 at once, CPU each"

    private static let warmCount = 500
    private static let parallelCount = 6_400
    private static let eventCount = 1_000

    /// Measures times, and counts instructions, which do not depend on the load.
    static func measure(in site: Site) throws -> [Row] {
        let log = "\(site.directory)/calls-server.log"
        let server = try ChildProcess([site.calls, "serve"], environment: [:], log: log)
        defer { server.stop() }
        let url = "http://127.0.0.1:\(try port(in: log))"
        let function = try Function(Subject(name: .ours, command: [site.callFunction]), in: site)
        _ = try function.start()
        let caller = Caller(function: function, site: site)
        for mode in ["warm", "parallel"] { _ = try caller.ours(mode, url, 640) }
        var (warm, parallel, rates, events) = (Samples(), Samples(), Samples(), Samples())
        for _ in 0..<site.count(20, quick: 5) {
            for subject in [Subject.Name.ours, .floor] {
                let one = try caller.cost(subject, "warm", url, warmCount)
                warm[subject, default: []].append(one.processor.microseconds / Double(warmCount))
                let many = try caller.cost(subject, "parallel", url, parallelCount)
                parallel[subject, default: []].append(many.processor.microseconds / Double(parallelCount))
                rates[subject, default: []].append(Double(parallelCount) / many.wall.seconds)
                let stream = try caller.cost(subject, "events", "\(url)/events", 1)
                events[subject, default: []].append(stream.processor.microseconds / Double(eventCount))
            }
        }
        return [
            Row(name: processorTime, unit: "µs", summaries: warm), Row(name: rate, unit: "/s", summaries: rates),
            Row(name: parallelProcessorTime, unit: "µs", summaries: parallel),
            Row(name: event, unit: "µs", summaries: events),
        ] + (try InstructionRows.count(["calls", site.calls, url], in: site))
    }

    private typealias Samples = [Subject.Name: [Double]]

    /// Times in nanoseconds.
    private struct Cost {
        let processor: Int64
        let wall: Int64
    }

    /// Makes the same calls in two ways.
    private struct Caller {
        let function: Function
        let site: Site

        func cost(_ subject: Subject.Name, _ mode: String, _ url: String, _ count: Int) throws -> Cost {
            try subject == .ours ? ours(mode, url, count) : inC(mode, url, count)
        }

        /// Measures one invocation, including the delivery of its spans.
        func ours(_ mode: String, _ url: String, _ count: Int) throws -> Cost {
            let before = try function.processorNanoseconds()
            let event = #"{"mode": "\#(mode)", "url": "\#(url)", "count": \#(count)}"#
            let sample = try function.invoke(Array(event.utf8))
            return Cost(processor: try function.processorNanoseconds() - before, wall: sample.wall)
        }

        func inC(_ mode: String, _ url: String, _ count: Int) throws -> Cost {
            let output = "\(site.directory)/calls.log"
            let process = try ChildProcess([site.calls, mode, url, String(count)], environment: [:], log: output)
            let numbers =
                process.wait() == 0 ? try File.text(output).split(separator: " ").compactMap { Int64($0.trimmed) } : []
            guard numbers.count == 3 else { throw BenchError("\(site.calls) \(mode): \(process.lastWords)") }
            return Cost(processor: numbers[1] * 1_000, wall: numbers[2] * 1_000)
        }
    }

    /// Returns the port that the server has printed.
    private static func port(in log: String) throws -> Int {
        let deadline = Clock.now + 10_000_000_000
        while Clock.now < deadline {
            if let text = try? File.text(log), text.hasSuffix("\n"), let port = Int(text.dropLast()) { return port }
        }
        throw BenchError("the server of the HTTP calls does not start")
    }
}

extension Substring {
    fileprivate var trimmed: Substring { prefix { $0 != "\n" } }
}

extension Int64 {
    fileprivate var microseconds: Double { Double(self) / 1_000 }
    fileprivate var seconds: Double { Double(self) / 1e9 }
}
