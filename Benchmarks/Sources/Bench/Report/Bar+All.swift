extension Bar {
    /// Every bar, in the order of the table in docs/performance.md.
    static var all: [Bar] {
        [
            .ratio("cold start to first /next", row: ColdRows.firstPoll, .ours, .floor, limit: 1.8),
            .ratio("cold start to first traced response", row: ColdRows.firstAnswer, .ours, .floor, limit: 2.2),
            .ratio("warm wall with 2 spans delivered", row: WarmRows.wall, .ours, .floor, limit: 1.8),
            .ratio("CPU per warm invocation", row: WarmRows.processorTime, .ours, .floor, limit: 2.0),
            .ratio("warm wall", row: WarmRows.wall, .reference, .ours, limit: 250, isLowest: true),
            .ratio("cold", row: ColdRows.firstAnswer, .reference, .ours, limit: 150, isLowest: true),
            .value("zip with certificates", row: SizeRows.zip, limit: 6, unit: "MB"),
        ]
    }
}
