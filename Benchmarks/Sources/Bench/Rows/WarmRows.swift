/// Measures warm invocations: all functions run, and take turns of a few invocations each.
enum WarmRows: RowGroup {
    static let name = "warm"

    static let wall = "warm invocation, wall"
    static let processorTime = "warm invocation, CPU"
    static let cycle = "warm invocation to the next /next, wall"
    static let residentMemory = "resident memory, warm"

    private static let invocationsATurn = 25
    private static let slowInvocationsATurn = 2

    static func measure(in site: Site) throws -> [Row] {
        let functions = try site.subjects.map { ($0, try Function($0, in: site)) }
        for (subject, function) in functions {
            _ = try function.start()
            for _ in 0..<(subject.isSlow ? 2 : 100) { _ = try function.invoke(Events.small) }
        }
        var measured = Measured()
        for _ in 0..<site.count(60, quick: 12) {
            for (subject, function) in functions {
                try function.takeTurn { try measured.measure(function, subject) }
            }
        }
        var resident = Row(name: residentMemory, unit: "MB")
        for (subject, function) in functions {
            resident[subject.name] = Summary(Double(try function.residentBytes()) / 1e6)
            try check(function, subject)
        }
        return [
            Row(name: wall, unit: "ms", summaries: measured.walls),
            Row(name: cycle, unit: "ms", summaries: measured.cycles),
            Row(name: processorTime, unit: "ms", summaries: measured.processor), resident,
        ]
    }

    /// The measured times in milliseconds.
    private struct Measured {
        var walls: [Subject.Name: [Double]] = [:]
        var cycles: [Subject.Name: [Double]] = [:]
        /// The processor time per invocation, averaged over each turn.
        var processor: [Subject.Name: [Double]] = [:]

        mutating func measure(_ function: Function, _ subject: Subject) throws {
            let count = subject.isSlow ? slowInvocationsATurn : invocationsATurn
            let before = try function.processorNanoseconds()
            for _ in 0..<count {
                let sample = try function.invoke(Events.small)
                walls[subject.name, default: []].append(sample.wall.milliseconds)
                cycles[subject.name, default: []].append((function.api.lastPollAt - sample.sentAt).milliseconds)
            }
            let spent = try function.processorNanoseconds() - before
            processor[subject.name, default: []].append(spent.milliseconds / Double(count))
        }
    }

    /// Checks the measurement: every invocation's three spans were delivered before its response in one export, or none
    /// were.
    private static func check(_ function: Function, _ subject: Subject) throws {
        let invocations = function.api.samples.count
        let spans = function.sink.takeSpanCount()
        switch subject.name {
        case .ours where spans != 3 * invocations || function.api.samples.map(\.exportCount) != Array(1...invocations):
            throw BenchError(
                "ours: \(spans) spans of \(invocations) invocations were delivered, or not before the answer"
            )
        case .delivering where function.sink.exportCount != invocations:
            throw BenchError("the floor: \(function.sink.exportCount) posts of \(invocations) invocations")
        case .floor where spans > 0, .untraced where spans > 0:
            throw BenchError("\(subject.name.rawValue) made \(spans) spans")
        case .reference where function.sink.exportCount < invocations:
            throw BenchError("the reference: \(function.sink.exportCount) exports of \(invocations) invocations")
        default: break
        }
    }
}
