import SessionTracing

/// Measures the parts of the span path separately.
///
/// Without arguments it measures all parts and prints one line per part: name, unit and samples, separated by tabs.
/// `MicroBenchmarks NAME COUNT` runs one part that many times without measuring, for a tool that counts instructions.
@main
enum MicroBenchmarks {
    private struct UsageError: Error {}

    static func main() async throws {
        let parts: [any Part] = [
            SpanPart(), EncodePart(format: .honeyHiveJSON), EncodePart(format: .protobuf), FlattenPart(), InjectPart(),
            ExtractPart(),
        ]
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.isEmpty else {
            guard arguments.count == 2, let part = parts.first(where: { $0.name == arguments[1] }),
                let count = Int(arguments[2])
            else { throw UsageError() }
            return await part.run(count)
        }
        for part in parts { await report(part) }
        await Linearity.report()
        try ScanShare.report()
    }

    private static let sampleCount = 60

    private static func report(_ part: any Part) async {
        await part.run(part.batchCount)
        var samples: [Double] = []
        for _ in 0..<sampleCount {
            let start = ContinuousClock.now
            await part.run(part.batchCount)
            samples.append((ContinuousClock.now - start) / .nanoseconds(1) / Double(part.batchCount))
        }
        Output.line(part.name, unit: "ns", samples)
    }
}
