import EventMutation
import SessionTracing
import Testing

/// https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling.
@Suite("Samplers")
struct SamplerTests {
    private func parent(isSampled: Bool) -> TraceContext? {
        TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-\(isSampled ? "01" : "00")")
    }

    @Test(
        "Each name makes its sampler",
        arguments: [
            ("always_on", nil, .alwaysOn), ("always_off", nil, .alwaysOff),
            ("traceidratio", "0.25", .traceIDRatio(0.25)), ("traceidratio", "0", .traceIDRatio(0)),
            ("traceidratio", "1", .traceIDRatio(1)),
            ("parentbased_always_on", nil, .parentBased(root: .alwaysOn)),
            ("parentbased_always_off", nil, .parentBased(root: .alwaysOff)),
            ("parentbased_traceidratio", "1e-3", .parentBased(root: .traceIDRatio(0.001))),
        ] as [(String, String?, Sampler)]
    )
    func names(name: String, argument: String?, expected: Sampler) throws {
        let ratio = try argument.map { try #require(Sampler.ratio($0)) } ?? 1
        #expect(Sampler(name: name, ratio: ratio) == expected)
    }

    @Test("What is no sampler makes none", arguments: ["", "sometimes", "jaeger_remote", "traceidratio=0.5"])
    func refused(name: String) {
        #expect(Sampler(name: name, ratio: 1) == nil)
    }

    @Test("What is no share makes none", arguments: ["", "often", "50%", "1.01", "2", "-0.1", "nan", "inf"])
    func refusedRatio(text: String) {
        #expect(Sampler.ratio(text) == nil)
    }

    @Test("Those that look at the caller do as it does; the others do not look", arguments: [true, false])
    func parents(isSampled: Bool) throws {
        let traceID = try #require(TraceID("0af7651916cd43dd8448eb211c80319c"))
        let parent = parent(isSampled: isSampled)
        #expect(Sampler.alwaysOn.samples(traceID, parent: parent))
        #expect(!Sampler.alwaysOff.samples(traceID, parent: parent))
        for root in [Sampler.alwaysOn, .alwaysOff, .traceIDRatio(0), .traceIDRatio(1)] {
            #expect(Sampler.parentBased(root: root).samples(traceID, parent: parent) == isSampled)
        }
        #expect(Sampler.parentBased(root: .alwaysOn).samples(traceID, parent: nil))
        #expect(!Sampler.parentBased(root: .alwaysOff).samples(traceID, parent: nil))
        #expect(Sampler.default.samples(traceID, parent: nil))
    }

    /// OpenTelemetry's Python SDK compares the low 64 bits with the share of 2⁶⁴; all services of a trace must use the
    /// same algorithm.
    @Test(
        "A share is of the trace id's low half, as other SDKs count",
        arguments: [
            (0.5, 0x7FFF_FFFF_FFFF_FFFF, true), (0.5, 0x8000_0000_0000_0000, false),
            (0.25, 0x3FFF_FFFF_FFFF_FFFF, true), (0.25, 0x4000_0000_0000_0000, false),
            (1, 0xFFFF_FFFF_FFFF_FFFF, true), (1, 1, true), (0, 1, false), (0, 0xFFFF_FFFF_FFFF_FFFF, false),
        ] as [(Double, UInt64, Bool)]
    )
    func ratio(ratio: Double, low: UInt64, expected: Bool) throws {
        for high: UInt64 in [0, 1, .max] {
            let traceID = try #require(TraceID(high: high, low: low))
            #expect(Sampler.traceIDRatio(ratio).samples(traceID, parent: nil) == expected)
        }
    }

    @Test("A share of many traces is about that share", arguments: [0.1, 0.5, 0.9])
    func share(ratio: Double) {
        var generator = SeededGenerator(seed: 20_260_602)
        let count = (0..<10_000).count { _ in
            Sampler.traceIDRatio(ratio).samples(TraceID(using: &generator), parent: nil)
        }
        #expect(abs(Double(count) - ratio * 10_000) < 300)
    }

    @Test("A tracer does as its sampler says, and tells the next service")
    func tracer() async throws {
        let off = try TracerFixture(policy: TracingPolicy(sampler: .alwaysOff))
        _ = await off.tracer.enrichSpanContext(eventName: "step") { _ in }
        off.tracer.endRootSpan()
        #expect(off.spans.all.isEmpty)
        #expect(PropagationFields(off.root).traceparent?.hasSuffix("-00") == true)
        let on = try TracerFixture(parent: parent(isSampled: false), policy: TracingPolicy(sampler: .alwaysOn))
        on.tracer.endRootSpan()
        #expect(on.spans.all.map(\.isSampled) == [true])
        #expect(PropagationFields(on.root).traceparent?.hasSuffix("-01") == true)
    }
}
