import EventMutation
import SessionTracing
import Testing
import Tracing

/// The spans of tasks that outlive their handler are delivered with their invocation.
@Suite("Spans that are open when the invocation ends")
struct UnfinishedSpansTests {
    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture()
    }

    private func open(_ name: String) -> TracedSpan {
        TaskLocalTracer().startSpan(name, context: fixture.root.context)
    }

    @Test("They are ended before the root and marked, and the root tells their count")
    func ended() async throws {
        let left = open("left")
        let right = open("right")
        left.setAttribute("k", to: 1)
        _ = try await fixture.record("finished") { _ in }
        fixture.clock.advance(nanoseconds: 7)
        fixture.tracer.endRootSpan()
        #expect(Set(fixture.spans.all.dropLast().map(\.name)) == ["finished", "left", "right"])
        let root = try #require(fixture.spans.all.last)
        #expect(root.name == "root")
        #expect(root.attributes["honeyhive_metadata.unfinished_spans"] == 2)
        for name in ["left", "right"] {
            let span = try fixture.spans.only(name)
            #expect(span.attributes["honeyhive_metadata.unfinished"] == true)
            #expect(span.parentSpanID == fixture.root.id)
        }
        #expect(try fixture.spans.only("left").attributes["k"] == 1)
        #expect(try fixture.spans.only("finished").attributes["honeyhive_metadata.unfinished"] == nil)
        // Their own ends are ignored, because they come after the invocation.
        left.end()
        right.end()
        #expect(fixture.spans.all.count == 4)
    }

    @Test("Whatever the order in which spans start and end, those that are left are the ones that have not ended")
    func anyOrder() throws {
        let seed: UInt64 = 20_261_103
        var generator = SeededGenerator(seed: seed)
        var left: [TracedSpan] = []
        for step in 0..<500 {
            if left.isEmpty || Int.random(in: 0..<5, using: &generator) < 3 {
                left.append(open("span \(step)"))
            } else {
                left.remove(at: Int.random(in: 0..<left.count, using: &generator)).end()
            }
        }
        for _ in 0..<left.count / 2 { left.remove(at: Int.random(in: 0..<left.count, using: &generator)).end() }
        fixture.tracer.endRootSpan()
        let unfinished = fixture.spans.all.filter { $0.attributes["honeyhive_metadata.unfinished"] == true }
        try #require(Set(unfinished.map(\.spanID)) == Set(left.map(\.id)), "seed \(seed)")
        try #require(unfinished.count == left.count, "seed \(seed)")
        let root = try fixture.spans.only("root")
        #expect(root.attributes["honeyhive_metadata.unfinished_spans"] == .int(left.count), "seed \(seed)")
    }

    @Test("An invocation whose spans have all ended says nothing of it")
    func allEnded() async throws {
        open("a").end()
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("root").attributes["honeyhive_metadata.unfinished_spans"] == nil)
        #expect(try fixture.spans.only("a").attributes["honeyhive_metadata.unfinished"] == nil)
    }

    @Test("A scope that outlives the invocation ends with it, and its value still comes")
    func scope() async throws {
        let tracer = fixture.tracer
        let value = await tracer.enrichSpanContext(eventName: "late") { span in
            tracer.endRootSpan()
            span.enrich(outputs: ["k": 1])
            return 42
        }
        #expect(value == 42)
        let span = try fixture.spans.only("late")
        #expect(span.attributes["honeyhive_metadata.unfinished"] == true)
        #expect(span.attributes["honeyhive_outputs.k"] == nil)
    }

    @Test("Those of another caller's scope are looked after, too")
    func distributed() async throws {
        let carrier = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
        await fixture.tracer.withDistributedTraceContext(carrier) { _ in
            _ = TaskLocalTracer().startSpan("open", context: .current ?? .topLevel)
        }
        fixture.tracer.endRootSpan()
        #expect(try fixture.spans.only("open").attributes["honeyhive_metadata.unfinished"] == true)
    }

    @Test("A span that starts after the invocation is recorded when it ends, in the invocation's trace")
    func afterwards() async throws {
        let context = fixture.root.context
        fixture.tracer.endRootSpan()
        let span = TaskLocalTracer().startSpan("after", context: context)
        #expect(fixture.spans.all.count == 1)
        span.end()
        let recorded = try fixture.spans.only("after")
        #expect(recorded.traceID == fixture.tracer.traceID)
        #expect(recorded.parentSpanID == fixture.root.id)
        #expect(recorded.attributes["honeyhive_metadata.unfinished"] == nil)
    }
}
