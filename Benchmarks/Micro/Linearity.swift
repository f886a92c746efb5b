/// What a span costs as an invocation's spans add up: the hundred-thousandth as much as the thousandth.
enum Linearity {
    private static let counts = [1_000, 10_000, 100_000]
    private static func roundCount(_ count: Int) -> Int { count == 100_000 ? 2 : 15 }
    /// So many spans are sent at a time.
    private static let flushedCount = 1_000

    static func report() async {
        for count in counts {
            var samples: [Double] = []
            for _ in 0..<roundCount(count) {
                let fixture = Fixture()
                let start = ContinuousClock.now
                for index in 1...count {
                    await fixture.makeSpan()
                    if index % flushedCount == 0 { fixture.forgetSpans() }
                }
                samples.append((ContinuousClock.now - start) / .nanoseconds(1) / Double(count))
            }
            Output.line("span-of-\(count)", unit: "ns", samples)
        }
    }
}
