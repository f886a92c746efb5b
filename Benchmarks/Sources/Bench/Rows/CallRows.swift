/// Measures a function's HTTP calls beside the same calls in C, on the same libcurl, to a server of its own.
enum CallRows: RowGroup {
    static let name = "calls"

    static let processorTime = "HTTP call on a warm connection, CPU"
    static let rate = "HTTP calls, 64 at once"
    static let event = "server-sent event, one every 200 µs, CPU"

    private static let warmCount = 500
    private static let parallelCount = 6_400
    private static let eventCount = 1_000

    static func measure(in site: Site) throws -> [Row] {
        let log = "\(site.directory)/calls-server.log"
        let server = try ChildProcess([site.calls, "serve"], environment: [:], log: log)
        defer { server.stop() }
        let url = "http://127.0.0.1:\(try port(in: log))"
        let function = try Function(Subject(name: .ours, command: [site.callFunction]), in: site)
        _ = try function.start()
        for mode in ["warm", "parallel"] { _ = try function.invoke(event(mode, url, 640)) }
        var (processor, rates, events) = ([Subject.Name: [Double]](), [Subject.Name: [Double]](), [Double]())
        for _ in 0..<site.count(20, quick: 5) {
            let warm = try ours(function, event("warm", url, warmCount))
            processor[.ours, default: []].append(warm.processor.microseconds / Double(warmCount))
            let warmInC = try inC(site, "warm", url, warmCount)
            processor[.floor, default: []].append(warmInC.processor.microseconds / Double(warmCount))
            let parallel = try ours(function, event("parallel", url, parallelCount))
            rates[.ours, default: []].append(Double(parallelCount) / parallel.wall.seconds)
            let parallelInC = try inC(site, "parallel", url, parallelCount)
            rates[.floor, default: []].append(Double(parallelCount) / parallelInC.wall.seconds)
            let stream = try ours(function, event("events", "\(url)/events", 1))
            events.append(stream.processor.microseconds / Double(eventCount))
        }
        return [
            Row(name: processorTime, unit: "µs", summaries: processor), Row(name: rate, unit: "/s", summaries: rates),
            Row(name: self.event, unit: "µs", summaries: [.ours: events]),
        ]
    }

    /// Times in nanoseconds.
    private struct Cost {
        let processor: Int64
        let wall: Int64
    }

    /// Measures one invocation, including the delivery of its spans.
    private static func ours(_ function: Function, _ event: [UInt8]) throws -> Cost {
        let before = try function.processorNanoseconds()
        let sample = try function.invoke(event)
        return Cost(processor: try function.processorNanoseconds() - before, wall: sample.wall)
    }

    private static func inC(_ site: Site, _ mode: String, _ url: String, _ count: Int) throws -> Cost {
        let output = "\(site.directory)/calls.log"
        let process = try ChildProcess([site.calls, mode, url, String(count)], environment: [:], log: output)
        let numbers =
            process.wait() == 0 ? try File.text(output).split(separator: " ").compactMap { Int64($0.trimmed) } : []
        guard numbers.count == 3 else { throw BenchError("\(site.calls) \(mode): \(process.lastWords)") }
        return Cost(processor: numbers[1] * 1_000, wall: numbers[2] * 1_000)
    }

    private static func event(_ mode: String, _ url: String, _ count: Int) -> [UInt8] {
        Array(#"{"mode": "\#(mode)", "url": "\#(url)", "count": \#(count)}"#.utf8)
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
