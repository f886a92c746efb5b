import SessionTracing

/// Measures the cost per span as the spans of an invocation accumulate, and the cost per byte as a text grows: it must be
/// the same for 1,000 and for 100,000 spans, and for a text of 1 KB and one of 16 MB.
enum Linearity {
    private static let counts = [1_000, 10_000, 100_000]
    private static func roundCount(_ count: Int) -> Int { count == 100_000 ? 2 : 15 }
    /// The number of spans sent at a time.
    private static let flushedCount = 1_000

    private static let textBytes = [1, 1_000, 16_000, 250_000, 16_000_000]
    /// The bytes of text in one sample, so that each length gets the same time.
    private static let sampledBytes = 16_000_000
    private static let maximumSpanCount = 2_000

    static func report() async {
        await reportSpans()
        await reportTexts()
    }

    private static func reportTexts() async {
        for bytes in textBytes {
            let text = String(repeating: #"Is it "true"? "#, count: bytes / 14 + 1).prefix(bytes).description
            let count = min(max(1, sampledBytes / bytes), maximumSpanCount)
            var samples: [Double] = []
            for _ in 0..<15 {
                let fixture = Fixture()
                let start = ContinuousClock.now
                for _ in 0..<count {
                    await fixture.tracer.enrichSpanContext(eventName: "step", inputs: ["text": .string(text)]) { _ in }
                    fixture.forgetSpans()
                }
                samples.append((ContinuousClock.now - start) / .nanoseconds(1) / Double(count) / Double(bytes))
            }
            Output.line("byte-of-\(bytes)", unit: "ns", samples)
        }
    }

    private static func reportSpans() async {
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
