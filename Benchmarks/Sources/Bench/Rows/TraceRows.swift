/// Measures invocations whose spans have the size of model calls: texts of 10 to 100 KB as input and as output, with a
/// collector that answers at once, one that answers after 20 ms, and one behind a connection in slow start.
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

    static func slowStart(_ size: Size, compression: String) -> String {
        "\(size.name), slow start at \(distance) ms, \(compression), wall"
    }

    static func requests(_ size: Size) -> String { "\(size.name), collector at \(distance) ms, requests" }

    static func processorTime(_ size: Size) -> String { "\(size.name), CPU per MB" }

    static func protobufProcessorTime(_ size: Size) -> String { "\(size.name) in Protobuf, CPU per MB" }

    static func measure(in site: Site) throws -> [Row] {
        try sizes.flatMap { size in
            let roundTrip = distance * Clock.nanosecondsPerMillisecond
            let near = try measure(size, .none, in: site)
            let protobuf = try measure(size, .none, format: "http/protobuf", in: site)
            let far = try measure(size, .fixed(roundTrip), in: site)
            let paced = try ["none", "gzip"].flatMap { compression in
                let paced = try measure(size, .slowStart(roundTrip: roundTrip), compression: compression, in: site)
                return [
                    Row(name: slowStart(size, compression: compression), unit: "ms", summaries: paced.walls),
                    Row(name: "the same, sent", unit: "KB", summaries: paced.kilobytes),
                    Row(name: "the same, CPU per MB", unit: "ms", summaries: paced.processor),
                ]
            }
            return [
                Row(name: wall(size, distance: 0), unit: "ms", summaries: near.walls),
                Row(name: wall(size, distance: distance), unit: "ms", summaries: far.walls),
                Row(name: requests(size), unit: "", summaries: far.requests),
                Row(name: processorTime(size), unit: "ms", summaries: near.processor),
                Row(name: protobufProcessorTime(size), unit: "ms", summaries: protobuf.processor),
            ] + paced
        }
    }

    private struct Measured {
        var walls: [Subject.Name: [Double]] = [:]
        var requests: [Subject.Name: [Double]] = [:]
        var kilobytes: [Subject.Name: [Double]] = [:]
        /// The processor time per megabyte of text, in milliseconds.
        var processor: [Subject.Name: [Double]] = [:]
    }

    private static func measure(
        _ size: Size,
        _ delay: Sink.Delay,
        format: String = "http/json",
        compression: String = "none",
        in site: Site
    ) throws -> Measured {
        let functions = try [Subject.Name.ours, .untraced].map {
            let subject = try site.subject($0)
                .with(["OTEL_EXPORTER_OTLP_COMPRESSION": compression, "HH_OTLP_PROTOCOL": format])
            return (subject, try Function(subject, in: site, delay: delay))
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
                let bytesBefore = function.sink.exportedBytes
                let before = try function.processorNanoseconds()
                let sample = try function.invoke(event)
                let spent = try function.processorNanoseconds() - before
                measured.walls[subject.name, default: []].append(sample.wall.milliseconds)
                measured.processor[subject.name, default: []].append(spent.milliseconds / Double(size.bytes) * 1e6)
                measured.requests[subject.name, default: []].append(Double(sample.exportCount - exportsBefore))
                let sent = Double(function.sink.exportedBytes - bytesBefore) / 1e3
                measured.kilobytes[subject.name, default: []].append(sent)
                let delivered = function.sink.takeSpanCount()
                // Spans in a body that is compressed or in Protobuf cannot be counted; Protobuf has the texts as they are.
                if format == "http/protobuf", subject.name == .ours, sent * 1e3 < Double(size.bytes) * 0.95 {
                    throw BenchError("\(sent) KB of \(size.bytes / 1_000) KB of text delivered")
                }
                if compression == "gzip" || format == "http/protobuf" { continue }
                guard delivered == (subject.name == .ours ? size.spanCount + 1 : 0) else {
                    throw BenchError("\(subject.name.rawValue): \(delivered) of \(size.spanCount + 1) spans delivered")
                }
            }
        }
        return measured
    }
}
