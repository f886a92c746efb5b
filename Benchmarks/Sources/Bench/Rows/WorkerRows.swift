/// Measures concurrent invocations in one process, as on managed instances, at the maximum rate of this machine's
/// cores.
enum WorkerRows: RowGroup {
    static let name = "workers"

    private static let workerCounts = [1, 4, 16]
    static let growth = "CPU each, 16 at a time ÷ 1 at a time"

    static func measure(in site: Site) throws -> [Row] {
        let invocations = site.count(3_000, quick: 1_000)
        var rows: [Row] = []
        for count in workerCounts {
            var rate = Row(name: "\(count) at a time, rate", unit: "1/s")
            var processor = Row(name: "\(count) at a time, CPU each", unit: "ms")
            for name in [Subject.Name.ours, .untraced] {
                let subject = try site.subject(name).with(["AWS_LAMBDA_MAX_CONCURRENCY": String(count)])
                let function = try Function(subject, in: site)
                try function.serve("its workers do not ask") { function.api.waitingCount == count }
                try run(invocations / 10, on: function, workers: count)
                let before = try function.processorNanoseconds()
                let start = Clock.now
                try run(invocations, on: function, workers: count)
                let seconds = (Clock.now - start).milliseconds / 1_000
                rate[name] = Summary(Double(invocations) / seconds)
                let spent = try function.processorNanoseconds() - before
                processor[name] = Summary(spent.milliseconds / Double(invocations))
            }
            rows += [rate, processor]
        }
        var growth = Row(name: growth, unit: "")
        if let most = rows.last?[.ours]?.median, let one = rows.dropFirst().first?[.ours]?.median {
            growth[.ours] = Summary(most / one)
        }
        return rows + [growth]
    }

    private static func run(_ count: Int, on function: Function, workers: Int) throws {
        let done = function.api.samples.count + count
        for _ in 0..<count { try function.api.offer(Events.small) }
        try function.serve("\(count) answers") {
            function.api.samples.count == done && function.api.waitingCount == workers
        }
    }
}
