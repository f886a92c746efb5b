/// Measures invocations whose spans have the size of model calls: texts of 10 to 100 KB as input and as output, with a
/// collector that answers at once and one that answers after 20 ms.
enum TraceRows: RowGroup {
    static let name = "traces"

    /// A trace of an AI function.
    struct Size {
        let spanCount: Int
        let textKilobytes: Int

        /// The length of all texts in bytes.
        var bytes: Int { spanCount * 2 * textKilobytes * 1_000 }

        var name: String { "\(spanCount) spans with 2 × \(textKilobytes) KB" }
    }

    static let small = Size(spanCount: 30, textKilobytes: 20)
    static let large = Size(spanCount: 50, textKilobytes: 100)
    private static let sizes = [Size(spanCount: 50, textKilobytes: 10), small, large]
    static let distance: Int64 = 20

    static func wall(_ size: Size, distance: Int64) -> String {
        "\(size.name), collector at \(distance) ms, wall"
    }

    static func requests(_ size: Size) -> String { "\(size.name), collector at \(distance) ms, requests" }

    static func processorTime(_ size: Size) -> String { "\(size.name), CPU per MB" }

    static func measure(in site: Site) throws -> [Row] {
        try sizes.flatMap { size in
            let near = try measure(size, distance: 0, in: site)
            let far = try measure(size, distance: distance, in: site)
            return [
                Row(name: wall(size, distance: 0), unit: "ms", summaries: near.walls),
                Row(name: wall(size, distance: distance), unit: "ms", summaries: far.walls),
                Row(name: requests(size), unit: "", summaries: far.requests),
                Row(name: processorTime(size), unit: "ms", summaries: near.processor),
            ]
        }
    }

    private struct Measured {
        var walls: [Subject.Name: [Double]] = [:]
        var requests: [Subject.Name: [Double]] = [:]
        /// The processor time per megabyte of text, in milliseconds.
        var processor: [Subject.Name: [Double]] = [:]
    }

    private static func measure(_ size: Size, distance: Int64, in site: Site) throws -> Measured {
        let delay = distance * Clock.nanosecondsPerMillisecond
        let functions = try [Subject.Name.ours, .untraced].map {
            (try site.subject($0), try Function(try site.subject($0), in: site, answerDelay: delay))
        }
        let event = Events.making(spans: size.spanCount, textBytes: size.textKilobytes * 1_000)
        for (_, function) in functions {
            _ = try function.start()
            for _ in 0..<3 { _ = try function.invoke(event) }
            function.forgetSoFar()
        }
        var measured = Measured()
        for _ in 0..<site.count(30, quick: 8) {
            for (subject, function) in functions {
                let exportsBefore = function.sink.exportCount
                let before = try function.processorNanoseconds()
                let sample = try function.invoke(event)
                let spent = try function.processorNanoseconds() - before
                measured.walls[subject.name, default: []].append(sample.wall.milliseconds)
                measured.processor[subject.name, default: []].append(spent.milliseconds / Double(size.bytes) * 1e6)
                measured.requests[subject.name, default: []].append(Double(sample.exportCount - exportsBefore))
                let delivered = function.sink.takeSpanCount()
                guard delivered == (subject.name == .ours ? size.spanCount + 1 : 0) else {
                    throw BenchError("\(subject.name.rawValue): \(delivered) of \(size.spanCount + 1) spans delivered")
                }
            }
        }
        return measured
    }
}
