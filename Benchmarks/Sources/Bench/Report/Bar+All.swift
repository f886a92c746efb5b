extension Bar {
    /// All bars, in the order of the table in docs/performance.md.
    static var all: [Bar] {
        [
            .ratio("cold start to first /next", row: ColdRows.firstPoll, .ours, .floor, limit: 1.8),
            .ratio("cold start to first traced response", row: ColdRows.firstAnswer, .ours, .floor, limit: 2.2),
            .value("page faults to the first response", row: ColdRows.faults, limit: 200, unit: ""),
            .ratio("warm wall with 2 spans delivered", row: WarmRows.wall, .ours, .delivering, limit: 2.5),
            .ratio("CPU per warm invocation", row: WarmRows.processorTime, .ours, .floor, limit: 3.0),
            .ratio("warm wall", row: WarmRows.wall, .reference, .ours, limit: 250, isLowest: true),
            .ratio("cold", row: ColdRows.firstAnswer, .reference, .ours, limit: 150, isLowest: true),
            .value("a span with 8 attributes, begin to encoded", row: MicroRows.span, limit: 1_500, unit: "ns"),
            // Linear, with a tolerance for the machine's variation.
            .value("the same, linear: \(MicroRows.linearity)", row: MicroRows.linearity, limit: 1.25, unit: ""),
            .value("a text's byte: \(MicroRows.textGrowth)", row: MicroRows.textGrowth, limit: 1.25, unit: ""),
            .value("scan of a 6 MB event, share of JSONDecoder's time", row: MicroRows.scanShare, limit: 5, unit: "%"),
            .value("10,000 spans in one invocation, flush included", row: SpanRows.row(10_000), limit: 60, unit: "ms"),
            .value(
                "\(TraceRows.small.name), collector at \(TraceRows.distance) ms",
                row: TraceRows.wall(TraceRows.small, distance: TraceRows.distance),
                limit: 27,
                unit: "ms"
            ),
            .value(TraceRows.requests(TraceRows.small), row: TraceRows.requests(TraceRows.small), limit: 1, unit: ""),
            .value(
                "\(TraceRows.large.name), collector at \(TraceRows.distance) ms",
                row: TraceRows.wall(TraceRows.large, distance: TraceRows.distance),
                limit: 45,
                unit: "ms"
            ),
            .value(TraceRows.requests(TraceRows.large), row: TraceRows.requests(TraceRows.large), limit: 3, unit: ""),
            .value(
                "CPU per MB of text, \(TraceRows.small.name)",
                row: TraceRows.processorTime(TraceRows.small),
                limit: 1.6,
                unit: "ms"
            ),
            .value(
                "CPU per MB of text in Protobuf, \(TraceRows.small.name)",
                row: TraceRows.protobufProcessorTime(TraceRows.small),
                limit: 1.0,
                unit: "ms"
            ),
            .value("workers: \(WorkerRows.growth)", row: WorkerRows.growth, limit: 1.25, unit: ""),
            .value("events: \(EventRows.growth)", row: EventRows.growth, limit: 1.25, unit: ""),
            .value("resident after 10,000 invocations", row: MemoryRows.row(MemoryRows.many), limit: 12, unit: "MB"),
            // Flat: less than a page per hundred invocations.
            .value("the same, flat: \(MemoryRows.growth)", row: MemoryRows.growth, limit: 256, unit: "KB"),
            .ratio("HTTP call on a warm connection, CPU", row: CallRows.processorTime, .ours, .floor, limit: 1.5),
            .ratio("HTTP calls, 64 at once, rate", row: CallRows.rate, .ours, .floor, limit: 0.8, isLowest: true),
            .value("server-sent event, CPU", row: CallRows.event, limit: 20, unit: "µs"),
            .value("zip with certificates", row: SizeRows.zip, limit: 6.7, unit: "MB"),
            .value(
                "HTTPS sink at 20 ms, what the flush adds to a handler of 100 ms, later invocations",
                row: LatencyRows.row("later invocations", handler: 100),
                limit: 22,
                unit: "ms"
            ),
            .value(
                "HTTPS sink at 20 ms, what the flush adds to a handler of 0 ms, first invocation",
                row: LatencyRows.row("first invocation", handler: 0),
                limit: 30,
                unit: "ms"
            ),
            .value(
                "HTTPS sink at 20 ms, what the flush adds to a handler of 100 ms, first invocation",
                row: LatencyRows.row("first invocation", handler: 100),
                limit: 40,
                unit: "ms"
            ),
        ]
    }
}
