/// Measures the cost per span as the spans of an invocation accumulate: it must be the same for 1,000 and for 100,000.
enum Linearity {
    private static let counts = [1_000, 10_000, 100_000]
    private static func roundCount(_ count: Int) -> Int { count == 100_000 ? 2 : 15 }
    /// The number of spans sent at a time.
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
