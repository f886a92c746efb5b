import SessionTracing
import Testing

@Suite("Keeping by outcome")
struct KeepPolicyTests {
    private func traceID(_ low: UInt64) throws -> TraceID { try #require(TraceID(high: 1, low: low)) }

    @Test(
        "An invocation is kept if any of the rules matches",
        arguments: [
            ("errors", 0, true, true), ("errors", 9_999, false, false), ("ERRORS", 0, true, true),
            ("slow:500ms", 499, true, false), ("slow:500ms", 500, false, true), ("slow:0.5s", 500, false, true),
            ("slow:2s", 1_999, false, false), (" errors , slow : 1s ", 1_000, false, true),
            ("errors,slow:1s", 5, true, true), ("errors,slow:1s", 5, false, false), ("ratio:1", 0, false, true),
            ("ratio:0", 9_999, true, false), ("errors,ratio:0", 0, true, true), ("slow:0ms", 0, false, true),
        ]
    )
    func rules(text: String, milliseconds: Int, hasFailed: Bool, isKept: Bool) throws {
        let policy = try #require(KeepPolicy(text))
        let kept = policy.keeps(try traceID(1 << 63), duration: .milliseconds(milliseconds), hasFailedSpan: hasFailed)
        #expect(kept == isKept)
    }

    @Test(
        "A list that cannot be used is none",
        arguments: [
            "", ",", "errors,", "error", "slow", "slow:", "slow:500", "slow:-1s", "slow:1m", "slow:xs", "slow:1e99s",
            "slow:nans", "ratio", "ratio:2", "ratio:-0.1", "ratio:x", "ratio:nan", "errors:yes", "errors;slow:1s",
        ]
    )
    func invalid(text: String) {
        #expect(KeepPolicy(text) == nil)
    }

    @Test("The ratio keeps the traces that the ratio sampler records", arguments: [0.0, 0.1, 0.5, 1.0])
    func ratio(share: Double) throws {
        let policy = try #require(KeepPolicy("ratio:\(share)"))
        for step in 0..<100 {
            let id = try traceID(UInt64(step) &* 0x0290_0000_0000_0001 | 1)
            let isSampled = Sampler.traceIDRatio(share).samples(id, parent: nil)
            #expect(policy.keeps(id, duration: .seconds(9), hasFailedSpan: true) == isSampled)
        }
    }
}
